// Which light a box shows, from what its daemon says. Pure; any thread.
//
//   steady   sales are taken, the cloud is reached             all is well
//   slow     sales are taken, the cloud is not reached         keep selling
//   fast     no sales are taken, or somebody must look at something
//   off      no power, or nobody watches
#pragma once

#include <string>

#include "platform/light.h"

namespace tillkeeper::box {

// `status`: the daemon's answer to GET /status; "" when it does not answer.
[[nodiscard]] Blink light_for(const std::string& status);

}  // namespace tillkeeper::box
