// Plot: what happened, as a picture: SVG without anything else.
#pragma once

#include <string>

#include "tests/fleet/outage.h"

namespace tillkeeper::fleet {

// Above: requests offered in each second beside what the ERP takes. Below: stores that are done, and the optimum.
[[nodiscard]] std::string plot(const Plan& plan, const Course& course);

}  // namespace tillkeeper::fleet
