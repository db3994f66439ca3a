// TcpProbe: does anybody answer at this address? One attempt, with a deadline, that never blocks the loop longer than
// a name takes to be looked up. An address of this machine is believed without trying: its kernel answers at once.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "platform/linux-arm/asio_event_loop.h"
#include "platform/result.h"

namespace tillkeeper {

class TcpProbe {
  public:
    // `done` comes once, later, unless the probe is destroyed before; it may destroy the probe.
    TcpProbe(AsioEventLoop& loop, const std::string& host, int port, Duration timeout,
             std::move_only_function<void(Result<void>)> done);
    ~TcpProbe();
    TcpProbe(const TcpProbe&) = delete;
    TcpProbe& operator=(const TcpProbe&) = delete;

  private:
    void finish(Result<void> result);
    void finish_later(Result<void> result);
    // True: the answer comes later.
    [[nodiscard]] Result<bool> begin(const std::string& host, int port);

    AsioEventLoop& loop_;
    std::move_only_function<void(Result<void>)> done_;
    int fd_ = -1;
    std::unique_ptr<Watch> watch_;
    Timer timer_;
};

}  // namespace tillkeeper
