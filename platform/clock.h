// Time as an argument. Wall time is what people and clouds understand and may jump; monotonic time only ever
// moves forward while the machine is up and is what every timeout and backoff counts in.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper {

using Duration = std::chrono::microseconds;

// Microseconds since 1970-01-01T00:00:00Z. Always 64 bits: armhf's time_t has 32 on Debian 12.
using WallTime = std::chrono::sys_time<Duration>;

// Microseconds since an arbitrary start (the boot of the machine).
struct MonotonicEpoch {};
using MonotonicTime = std::chrono::time_point<MonotonicEpoch, Duration>;

class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual WallTime wall() const = 0;
    [[nodiscard]] virtual MonotonicTime monotonic() const = 0;
};

// RFC 3339 in UTC, "2026-11-20T10:31:00Z"; with milliseconds when `milliseconds`.
[[nodiscard]] std::string to_rfc3339(WallTime time, bool milliseconds = false);

// Any RFC 3339 date-time, with or without fraction, "Z" or an offset. kInvalid otherwise.
[[nodiscard]] Result<WallTime> parse_rfc3339(std::string_view text);

}  // namespace tillkeeper
