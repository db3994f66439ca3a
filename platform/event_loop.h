// EventLoop: what a thread of ours is. One thread runs it; anyone may post to it.
//
// Ownership: a loop outlives everything that holds a reference to it. A Timer that is destroyed never fires
// afterwards; it must be destroyed on the loop's own thread.
#pragma once

#include <functional>
#include <memory>

#include "platform/clock.h"

namespace tillkeeper {

using Task = std::move_only_function<void()>;

class TimerState {
  public:
    virtual ~TimerState() = default;
};

// Cancels on destruction. Empty by default.
using Timer = std::unique_ptr<TimerState>;

class EventLoop {
  public:
    virtual ~EventLoop() = default;

    // Runs `task` on the loop's thread, after everything posted before it. Any thread.
    virtual void post(Task task) = 0;
    // Runs `task` once, `delay` from now, unless the Timer is destroyed before. Loop thread only.
    [[nodiscard]] virtual Timer after(Duration delay, Task task) = 0;
    // Returns when stop() was called and the running task has ended. Called by exactly one thread.
    virtual void run() = 0;
    // Any thread. Tasks still waiting are dropped when the loop is destroyed.
    virtual void stop() = 0;
};

}  // namespace tillkeeper
