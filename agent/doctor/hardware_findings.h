// What of a box's hardware is not as it should be. Pure; any thread.
#pragma once

#include <vector>

#include "agent/doctor/diagnosis.h"
#include "platform/hardware.h"

namespace tillkeeper::agent {

// One finding that all is fine, or one for each ailment; nothing for a box that tells nothing.
[[nodiscard]] std::vector<Finding> hardware_findings(const HardwareIdentity& box, const HardwareState& state);

}  // namespace tillkeeper::agent
