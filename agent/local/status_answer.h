// What the control socket answers to GET /status: the document of the contract, and beside it what only people on this
// box want to know.
#pragma once

#include <string>

#include "agent/local/store_state.h"
#include "platform/clock.h"

namespace tillkeeper::agent {

// {...the document...,"sentence","now","not_accepting":"..." or null,"backlogs":{"erp":{"done":800,"total":1200}},
// "documents":{"erp":{"number":4711,"document":"SO-17"}},"journal":{"entries","bytes","disk_free_bytes"}}; `backlogs`
// has the destinations whose backlog is on its way; `done` counts since they fell behind. `documents` has the newest
// journal number that each destination booked, and under which number of its own.
[[nodiscard]] std::string status_answer(const StoreState& state, WallTime now);

}  // namespace tillkeeper::agent
