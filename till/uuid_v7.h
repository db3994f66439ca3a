// UuidV7: ids that sort by the time at which they were made. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "platform/clock.h"
#include "platform/random.h"

namespace tillkeeper::pos {

class UuidV7 {
  public:
    // RFC 9562: 48 bits of milliseconds, then 12 bits that count within one millisecond, then 62 random ones. Each
    // sorts after the one before it, also when the clock was set back in between.
    [[nodiscard]] std::string next(WallTime now, Random& random);

  private:
    std::uint64_t stamp_ = 0;  // milliseconds and counter of the last, 60 bits
};

}  // namespace tillkeeper::pos
