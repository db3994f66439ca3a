// When a transaction really happened, where the box did not know the time when it arrived. Pure; any thread.
//
// A box without a battery wakes up in 1970 and sells. Once a trusted time is known for that boot, what arrived before
// is told with the right times; the original times go along, and the transaction itself is never touched. [sync-8]
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "platform/clock.h"
#include "storage/entry.h"

namespace tillkeeper::sync {

// What turns a boot's monotonic times into wall times, or nothing while no trusted time is known for it.
using ClockOffset = std::function<std::optional<Duration>(const std::string& boot_id)>;

// A till whose time is this close to the box's wrong time has its time from the box.
inline constexpr Duration kSameClock = std::chrono::minutes(10);

struct SaleTime {
    enum class Clock : std::uint8_t { kTrusted, kCorrected, kUntrusted };
    Clock clock = Clock::kTrusted;
    WallTime arrived_at;  // corrected where it is kCorrected
    // Only where the till's time came from the box and was corrected with it: RFC 3339 in the till's own UTC offset,
    // and the calendar day of it.
    std::string occurred_at;
    std::string business_day;
};

// A correction below one second is none.
[[nodiscard]] SaleTime sale_time(const storage::Entry& entry, const ClockOffset& clock_offset);

[[nodiscard]] std::string_view to_string(SaleTime::Clock clock);  // "trusted", "corrected", "untrusted"

}  // namespace tillkeeper::sync
