// Ends every connection under one user name, over the broker's control topic, and leaves all others alone.
#pragma once

#include <optional>
#include <string>

#include "platform/mqtt.h"
#include "platform/result.h"

namespace tillkeeper::cli {

// Returns when the broker has said that it is done; kUnavailable when it does not. `bus` is the agent's way in.
[[nodiscard]] Result<void> kick_till(MqttOptions bus, const std::string& till);
// What the broker says to the order that carries `ours`: nothing when `words` answer another's; an error when it could
// not be done.
[[nodiscard]] std::optional<Result<void>> answer_to(const std::string& ours, const std::string& words);
// Whether anything listens there, be it a broker or not. Blocks for as long as TCP takes on this machine.
[[nodiscard]] bool somebody_listens(const MqttOptions& bus);

}  // namespace tillkeeper::cli
