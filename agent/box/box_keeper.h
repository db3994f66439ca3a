// BoxKeeper: shows the store's state by a lamp, and tells the daemon what the power-fail line says.
//
// A process of its own: the daemon, which strangers can reach over the bus, has no device at all.
// Ownership: everything passed in outlives it. Thread: the loop's.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/box/power_alarm.h"
#include "platform/clock.h"
#include "platform/event_loop.h"
#include "platform/http.h"
#include "platform/light.h"

namespace tillkeeper::box {

struct KeeperParts {
    EventLoop& loop;
    const Clock& clock;
    HttpClient& http;
    std::string socket;  // the daemon's control socket
    Light* light;        // null: no lamp
};

class BoxKeeper {
  public:
    explicit BoxKeeper(KeeperParts parts) : parts_(std::move(parts)) {}

    // Asks the daemon every two seconds, where there is a lamp.
    void start();
    // The power-fail line says so.
    void line(bool failing);
    // Nobody watches any more: the lamp goes out.
    void stop();

  private:
    void ask();
    void show(Blink blink);
    void act();
    void tell(PowerAlarm::Word word);
    [[nodiscard]] HttpRequest request(const char* method, const char* path) const;

    KeeperParts parts_;
    PowerAlarm alarm_;
    std::optional<Blink> shown_;
    std::string fault_;  // of the lamp, as the log has it
    Timer asking_;
    Timer acting_;
    std::unique_ptr<HttpCall> question_;
    std::unique_ptr<HttpCall> telling_;
};

}  // namespace tillkeeper::box
