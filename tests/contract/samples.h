// One message at least of every kind: what a till may hand over, what the agent's own code answers, and the states it
// tells.
#pragma once

#include <vector>

#include "platform/mqtt.h"

namespace tillkeeper::contract {

// In the order in which they are said; hand-overs and answers have topics as on the bus.
[[nodiscard]] std::vector<MqttMessage> sample_messages();

}  // namespace tillkeeper::contract
