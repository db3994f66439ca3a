// AsioEventLoop: the EventLoop of the daemon, one thread, on Asio and epoll.
//
// post() takes a lock and, when nothing was waiting, wakes the thread: many posts cost one wake-up. Timers count in
// CLOCK_MONOTONIC. A round of posted tasks ends with what was posted before it began, so that sockets and timers
// get their turn whatever is posted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "platform/event_loop.h"

namespace tillkeeper {

// Tells when a file descriptor can be read or written, level-triggered. Ends on destruction.
class Watch {
  public:
    virtual ~Watch() = default;
    // What to wait for from now on; nothing at start. Loop thread only.
    virtual void want(bool readable, bool writable) = 0;
};

class AsioEventLoop final : public EventLoop {
  public:
    AsioEventLoop();
    ~AsioEventLoop() override;
    AsioEventLoop(const AsioEventLoop&) = delete;
    AsioEventLoop& operator=(const AsioEventLoop&) = delete;

    void post(Task task) override;
    [[nodiscard]] Timer after(Duration delay, Task task) override;
    void run() override;
    void stop() override;

    enum class Ready : std::uint8_t { kReadable, kWritable };
    using Callback = std::move_only_function<void(Ready)>;
    // Watches a duplicate of `fd`, so that a library may close its own at any time; destroy the Watch then, or the
    // peer learns of the close only later. The callback may destroy the Watch. Null when the process is out of
    // descriptors. Loop thread only.
    [[nodiscard]] std::unique_ptr<Watch> watch(int fd, Callback callback);

  private:
    struct State;
    class ArmedTimer;
    class ArmedWatch;
    std::unique_ptr<State> state_;
};

[[nodiscard]] inline std::unique_ptr<EventLoop> make_event_loop() {
    return std::make_unique<AsioEventLoop>();
}

}  // namespace tillkeeper
