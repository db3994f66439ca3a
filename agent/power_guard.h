// PowerGuard: what happens when the power is about to fail: no sale is taken any more, and what was handed over is made
// durable. It begins again when the power is back, or by itself when nobody says so: an alarm without an
// end must not close a store.
//
//   POST /power {"failing":true}    {"safe":true} once everything accepted is on the disk; 503 where it cannot be
//   POST /power {"failing":false}   {"safe":true}; sales are taken again
//
// Ownership: everything passed in outlives it. Thread: handle() on the sync loop, failing() on any.
#pragma once

#include <atomic>

#include "agent/bus/till_bus.h"
#include "platform/event_loop.h"
#include "platform/http_server.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

inline constexpr Duration kPowerAlarmMax = std::chrono::minutes(1);

struct PowerParts {
    EventLoop& till_loop;
    EventLoop& journal_loop;
    EventLoop& sync_loop;
    TillBus& bus;  // of the till loop
    storage::Writer& writer;
};

class PowerGuard {
  public:
    explicit PowerGuard(PowerParts parts) : parts_(parts) {}

    [[nodiscard]] static bool takes(const ServerRequest& request);
    void handle(const ServerRequest& request, HttpServer::Reply reply);

    [[nodiscard]] bool failing() const { return failing_; }

  private:
    void close(HttpServer::Reply reply);
    void open();
    void answer(bool safe, HttpServer::Reply reply);

    PowerParts parts_;
    std::atomic<bool> failing_ = false;
    Timer end_;
};

}  // namespace tillkeeper::agent
