// A part of each day by the store's own clock, such as 01:00-05:00 or, over midnight, 22:30-05:00. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "platform/clock.h"

namespace tillkeeper::agent {

// "04:00"
[[nodiscard]] std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text);

struct Hours {
    std::chrono::minutes from;  // in it
    std::chrono::minutes to;    // not in it; the same as `from`: the whole day

    [[nodiscard]] static std::optional<Hours> parse(std::string_view text);  // "01:00-05:00"
    [[nodiscard]] std::string text() const;
    // `in_store`: as the store's clock shows it.
    [[nodiscard]] bool contain(WallTime in_store) const;
};

}  // namespace tillkeeper::agent
