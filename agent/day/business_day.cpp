#include "agent/day/business_day.h"

#include <algorithm>

namespace tillkeeper::agent {

using std::chrono::days;
using std::chrono::hours;

namespace {

constexpr std::chrono::minutes kUsualClosing = hours(4);

}  // namespace

std::optional<BusinessDay> parse_day(std::string_view text) {
    if (text.size() != 10) return std::nullopt;
    const auto midnight = parse_rfc3339(std::string(text) + "T00:00:00Z");
    if (!midnight) return std::nullopt;
    return std::chrono::floor<days>(*midnight);
}

std::string to_text(BusinessDay day) {
    return to_rfc3339(day).substr(0, 10);
}

BusinessDay open_day(WallTime moment, const StoreDay& store) {
    const auto closes_at = store.closes_at.value_or(kUsualClosing);
    const auto begun = std::chrono::floor<days>(moment + store.zone(moment) - closes_at);
    return closes_at < hours(12) ? begun : begun + days(1);  // closed in the evening: the next day is open
}

DayPlace place_of(const storage::Entry& entry, const StoreDay& store) {
    const auto occurred = parse_rfc3339(entry.occurred_at);
    const auto moment = occurred ? *occurred : entry.arrival.arrived_at;
    const auto day = parse_day(entry.business_day).value_or(open_day(moment, store));
    const auto since = std::chrono::floor<hours>(moment + store.zone(moment) - WallTime(day)).count();
    return {day, static_cast<int>(std::clamp<std::int64_t>(since, 0, kHoursMax - 1))};
}

}  // namespace tillkeeper::agent
