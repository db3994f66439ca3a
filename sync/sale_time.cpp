#include "sync/sale_time.h"

#include <utility>

namespace tillkeeper::sync {
namespace {

// East of UTC, as a valid RFC 3339 time says it at its end: "Z" or "+01:00".
std::chrono::minutes utc_offset(std::string_view time) {
    if (time.ends_with('Z') || time.ends_with('z')) return {};
    const auto two_digits = [&](std::size_t at) { return (time[at] - '0') * 10 + (time[at + 1] - '0'); };
    const std::size_t at = time.size() - 6;
    const auto east = std::chrono::hours(two_digits(at + 1)) + std::chrono::minutes(two_digits(at + 4));
    return time[at] == '-' ? -east : east;
}

// The same instant as `to_rfc3339`, written with the UTC offset of `like`.
std::string written_like(WallTime time, std::string_view like) {
    std::string local = to_rfc3339(time + utc_offset(like), true);
    if (like.ends_with('Z') || like.ends_with('z')) return local;
    local.pop_back();
    return local.append(like.substr(like.size() - 6));
}

}  // namespace

SaleTime sale_time(const storage::Entry& entry, const ClockOffset& clock_offset) {
    const auto& arrival = entry.arrival;
    SaleTime time{SaleTime::Clock::kTrusted, arrival.arrived_at, {}, {}};
    if (arrival.clock_trusted) return time;
    time.clock = SaleTime::Clock::kUntrusted;
    const auto offset = clock_offset ? clock_offset(arrival.boot_id) : std::nullopt;
    if (!offset) return time;
    time.arrived_at = WallTime(arrival.monotonic.time_since_epoch() + *offset);
    const Duration correction = time.arrived_at - arrival.arrived_at;
    time.clock = abs(correction) < std::chrono::seconds(1) ? SaleTime::Clock::kTrusted : SaleTime::Clock::kCorrected;
    const auto occurred = parse_rfc3339(entry.occurred_at);
    // Where the correction is small nobody can tell whose clock the till's is.
    if (!occurred || abs(correction) <= kSameClock || abs(*occurred - arrival.arrived_at) > kSameClock) return time;
    time.occurred_at = written_like(*occurred + correction, entry.occurred_at);
    time.business_day = time.occurred_at.substr(0, 10);
    return time;
}

std::string_view to_string(SaleTime::Clock clock) {
    switch (clock) {
        case SaleTime::Clock::kTrusted:
            return "trusted";
        case SaleTime::Clock::kCorrected:
            return "corrected";
        case SaleTime::Clock::kUntrusted:
            return "untrusted";
    }
    std::unreachable();
}

}  // namespace tillkeeper::sync
