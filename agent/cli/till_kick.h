// Ends every connection under one user name, over the broker's control topic, and leaves all others alone.
#pragma once

#include <string>

#include "platform/mqtt.h"
#include "platform/result.h"

namespace tillkeeper::cli {

// Returns when the broker has said that it is done; kUnavailable when it does not. `bus` is the agent's way in.
[[nodiscard]] Result<void> kick_till(MqttOptions bus, const std::string& till);

}  // namespace tillkeeper::cli
