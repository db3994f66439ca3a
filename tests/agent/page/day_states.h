// The report of a business day in its states, for tests and for the gallery.
#pragma once

#include <vector>

#include "tests/agent/page/sheet_states.h"

namespace tillkeeper::agent {

// sheet_day, sheet_day_empty, sheet_day_unknown.
[[nodiscard]] std::vector<SheetState> day_states(const Words& words);

}  // namespace tillkeeper::agent
