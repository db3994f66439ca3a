// Until when the certificates of the bus are good, for the metrics. Any thread.
#pragma once

#include <map>
#include <string>

#include "agent/config/config.h"
#include "platform/clock.h"

namespace tillkeeper::agent {

// By use: "bus_authority", "bus_server", "bus_agent". Reads small files of the broker's folder; what is not there, or
// damaged, or not looked after by this daemon is absent.
[[nodiscard]] std::map<std::string, WallTime> certificate_ends(const Config& config);

}  // namespace tillkeeper::agent
