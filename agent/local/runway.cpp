#include "agent/local/runway.h"

#include <algorithm>
#include <array>

namespace tillkeeper::agent {
namespace {

constexpr std::array<std::string_view, 4> kWords{"disk", "certificate", "login", "prices"};
constexpr double kYearsMax = 1000;  // beyond, Duration would overflow

}  // namespace

std::string_view to_string(RunwayLimit limit) {
    return kWords[static_cast<std::size_t>(limit)];
}

std::optional<RunwayLimit> runway_limit(std::string_view word) {
    const auto* const found = std::ranges::find(kWords, word);
    if (found == kWords.end()) return std::nullopt;
    return static_cast<RunwayLimit>(found - kWords.begin());
}

std::optional<Duration> until_full(const DiskUse& use) {
    if (use.recent < kPaceNeeds || use.recent_entries <= 0 || use.entries <= 0 || use.journal_bytes == 0)
        return std::nullopt;
    using Seconds = std::chrono::duration<double>;
    const double bytes_each = static_cast<double>(use.journal_bytes) / static_cast<double>(use.entries);
    const double bytes_a_second = bytes_each * static_cast<double>(use.recent_entries) / Seconds(use.recent).count();
    const double longest = Seconds(std::chrono::years(1)).count() * kYearsMax;
    const double left = std::min(longest, static_cast<double>(use.free_bytes) / bytes_a_second);
    return std::chrono::duration_cast<Duration>(Seconds(left));
}

std::optional<Runway> first_to_give_way(std::optional<Duration> disk, std::span<const KnownEnd> ends, WallTime now) {
    if (!disk) return std::nullopt;
    Duration left = *disk;
    Runway runway;
    for (const auto& end : ends) {
        if (end.when - now >= left) continue;
        left = end.when - now;
        runway.limited_by = end.what;
    }
    runway.hours = std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::hours>(left).count());
    return runway;
}

}  // namespace tillkeeper::agent
