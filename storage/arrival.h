// When things reach us, as far as the clocks can be believed. Values only.
#pragma once

#include <string>

#include "platform/clock.h"

namespace tillkeeper::storage {

// When and under which circumstances something reached us.
struct Arrival {
    WallTime arrived_at;
    MonotonicTime monotonic;
    std::string boot_id;
    bool clock_trusted = false;  // could `arrived_at` be believed then?
};

// A time that could be trusted: wall time = monotonic time + `offset`, for all of that boot.
struct ClockSight {
    std::string boot_id;
    Duration offset{};
};

}  // namespace tillkeeper::storage
