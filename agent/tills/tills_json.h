// What is known of all tills, as the control socket tells it:
//   {"up_to":90210,"tills":[{"till","presence":"online"|"offline"|null,"since","last_seen","last_number",
//     "last_transaction","last_sequence","missing":[[first,last],...],"missing_count","repeated","clock_ahead_ms"}]}
// Times are RFC 3339; what is not known is null. `missing` names at most NumberGaps::kRangesMax ranges, the newest.
#pragma once

#include <string>

#include "agent/tills/till_presence.h"
#include "agent/tills/till_register.h"

namespace tillkeeper::agent {

[[nodiscard]] std::string tills_json(const TillRegister& known, storage::JournalNumber up_to, const SeenTills& seen);

}  // namespace tillkeeper::agent
