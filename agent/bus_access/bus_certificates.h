// The certificates of a store whose broker this daemon looks after. Any thread.
#pragma once

#include "agent/config/config.h"
#include "platform/clock.h"
#include "platform/result.h"

namespace tillkeeper::agent {

// Makes what is missing and renews what is due, then has the running broker take it over, now or the next time.
// Nothing to do without a broker's folder in the configuration.
[[nodiscard]] Result<void> keep_bus_certificates(const Config& config, WallTime now);

}  // namespace tillkeeper::agent
