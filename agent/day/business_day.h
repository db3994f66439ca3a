// A business day, and where in it a transaction belongs. Pure.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "platform/clock.h"
#include "storage/entry.h"

namespace tillkeeper::agent {

using BusinessDay = std::chrono::sys_days;
// How far the store's time is ahead of UTC at that moment.
using StoreZone = std::function<Duration(WallTime)>;

// When one day of a store ends and the next begins, by the store's own time.
struct StoreDay {
    StoreZone zone;
    std::optional<std::chrono::minutes> closes_at =
        {};  // nothing: at four in the morning, and nothing is closed by itself
};

[[nodiscard]] std::optional<BusinessDay> parse_day(std::string_view text);  // "2026-11-20"
[[nodiscard]] std::string to_text(BusinessDay day);
// The business day in the store at that moment: before the closing time of a morning, still that of yesterday.
[[nodiscard]] BusinessDay open_day(WallTime moment, const StoreDay& store);

struct DayPlace {
    BusinessDay day;
    int hour = 0;  // since that day's midnight in the store: 0 to kHoursMax - 1
};

inline constexpr int kHoursMax = 48;  // a business day may go on after midnight

// The business day that the till said; else the one that was open when it happened, else when it arrived.
[[nodiscard]] DayPlace place_of(const storage::Entry& entry, const StoreDay& store);

}  // namespace tillkeeper::agent
