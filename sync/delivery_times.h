// DeliveryTimes: how long transactions took from a till to a destination, counted by upper bounds. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "platform/clock.h"

namespace tillkeeper::sync {

struct DeliveryTimes {
    // Seconds. A minute is what people expect, an hour a bad line, a day a lost one.
    static constexpr std::array<double, 12> kBounds{0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 21600, 86400, 604800};

    std::array<std::uint64_t, kBounds.size() + 1> counts{};  // the last one: beyond all bounds
    double sum = 0;

    void count(Duration took) {
        const double seconds = std::chrono::duration<double>(took).count();
        const auto bucket = std::ranges::lower_bound(kBounds, seconds) - kBounds.begin();
        ++counts[static_cast<std::size_t>(bucket)];
        sum += seconds;
    }
};

}  // namespace tillkeeper::sync
