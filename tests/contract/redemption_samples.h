// Redemptions of every kind, answered by the agent's own desk over a store of a test.
#pragma once

#include <vector>

#include "platform/mqtt.h"

namespace tillkeeper::contract {

// Questions and answers.
[[nodiscard]] std::vector<MqttMessage> redemption_samples();

}  // namespace tillkeeper::contract
