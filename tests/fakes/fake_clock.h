// FakeClock: time that moves only when a test says so. Not thread-safe unless only read by others.
#pragma once

#include <atomic>
#include <chrono>

#include "platform/clock.h"

namespace tillkeeper::fakes {

class FakeClock final : public Clock {
  public:
    // 2026-11-20T10:00:00Z, one hour after boot.
    static constexpr WallTime kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + std::chrono::hours(10)};

    [[nodiscard]] WallTime wall() const override { return WallTime(Duration(wall_.load())); }
    [[nodiscard]] MonotonicTime monotonic() const override { return MonotonicTime(Duration(monotonic_.load())); }

    // Time passes: both clocks move.
    void advance(Duration duration) {
        wall_ += duration.count();
        monotonic_ += duration.count();
    }
    // Somebody sets the clock: only the wall clock jumps.
    void set_wall(WallTime time) { wall_ = time.time_since_epoch().count(); }

  private:
    std::atomic<Duration::rep> wall_ = kStart.time_since_epoch().count();
    std::atomic<Duration::rep> monotonic_ = Duration(std::chrono::hours(1)).count();
};

}  // namespace tillkeeper::fakes
