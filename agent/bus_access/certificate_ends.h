// Until when the certificates of the bus are good, and those that clouds get to see. Any thread.
#pragma once

#include <map>
#include <string>

#include "agent/config/config.h"
#include "platform/clock.h"

namespace tillkeeper::agent {

// By use: "destination_NAME", "collection_NAME", "loyalty". Reads the files that the configuration names; a pair that
// cannot be used is absent.
[[nodiscard]] std::map<std::string, WallTime> client_certificate_ends(const Config& config);
// These, and "bus_authority", "bus_server", "bus_agent". Reads small files of the broker's folder; what is not there,
// or damaged, or not looked after by this daemon is absent.
[[nodiscard]] std::map<std::string, WallTime> certificate_ends(const Config& config);

}  // namespace tillkeeper::agent
