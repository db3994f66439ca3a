// A lamp of the kernel's LED class: `sysfs`/class/leds/NAME (Documentation/leds/leds-class.rst). The kernel blinks by
// itself (trigger "timer"), also while nobody has time for it.
#pragma once

#include <memory>
#include <string>

#include "platform/light.h"

namespace tillkeeper {

// `name` as the folder is called: "beaglebone:green:usr0".
[[nodiscard]] std::unique_ptr<Light> make_light(const std::string& sysfs, const std::string& name);

}  // namespace tillkeeper
