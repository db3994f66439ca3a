// DrivenLoop: a real event loop that a test turns until something is true, with a deadline.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "platform/linux-arm/asio_event_loop.h"

namespace tillkeeper {

class DrivenLoop {
  public:
    AsioEventLoop& operator*() { return loop_; }
    AsioEventLoop* operator->() { return &loop_; }

    // Runs the loop until `condition` holds; false when it does not within `limit`.
    [[nodiscard]] bool until(std::function<bool()> condition, Duration limit = std::chrono::seconds(20)) {
        bool held = false;
        const Timer deadline = loop_.after(limit, [this] { loop_.stop(); });
        std::function<void()> look = [&] {
            held = condition();
            if (held) return loop_.stop();
            looking_ = loop_.after(std::chrono::milliseconds(1), [&look] { look(); });
        };
        look();
        loop_.run();
        looking_.reset();
        return held;
    }

    // Lets the loop run for that long.
    void turn(Duration time) {
        EXPECT_FALSE(until([] { return false; }, time));
    }

  private:
    AsioEventLoop loop_;
    Timer looking_;
};

}  // namespace tillkeeper
