// RateMeter: how many per second lately, for a forecast. Pure.
#pragma once

#include <cstdint>

#include "platform/clock.h"

namespace tillkeeper::sync {

class RateMeter {
  public:
    void count(std::uint64_t items, MonotonicTime now) {
        roll(now);
        items_ += items;
    }
    [[nodiscard]] double per_second(MonotonicTime now) {
        roll(now);
        return rate_;
    }

  private:
    void roll(MonotonicTime now) {
        constexpr Duration kSpan = std::chrono::seconds(2);
        const auto elapsed = now - since_;
        if (elapsed < kSpan) return;
        const double fresh = static_cast<double>(items_) * 1e6 / static_cast<double>(elapsed.count());
        rate_ = elapsed > 5 * kSpan ? fresh : 0.5 * rate_ + 0.5 * fresh;
        items_ = 0;
        since_ = now;
    }
    MonotonicTime since_{};
    std::uint64_t items_ = 0;
    double rate_ = 0;
};

}  // namespace tillkeeper::sync
