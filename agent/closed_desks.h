// What tills hear while their questions cannot be answered at all, because the disk does not let the copies be opened:
// that nothing was done, and when to ask again. Sales do not come here. Pure.
#pragma once

#include "platform/mqtt.h"

namespace tillkeeper::agent {

// An empty topic where nothing is to be said.
[[nodiscard]] MqttMessage closed_answer(MqttMessage message);

}  // namespace tillkeeper::agent
