// `tillkeeper till list`: how each till signs in, whether it is there, and what the journal has of it.
#pragma once

#include <string>

#include "agent/cli/journal_access.h"
#include "agent/cli/json_view.h"
#include "agent/config/config.h"
#include "platform/clock.h"
#include "platform/result.h"

namespace tillkeeper::cli {

// {"tills":[{"till", what list_tills() says or "state":null where the broker's folder is not ours, and what
// agent::tills_json() says}],"notes":["..."]}: a note for what could not be asked. What
// nobody has heard of yet is absent. Fails only where nothing is known.
[[nodiscard]] Result<std::string> list_all_tills(const agent::Config& config, const JournalAccess& journal);

// The same for people, with ages as of `now`.
[[nodiscard]] std::string till_list_text(JsonView list, WallTime now);

}  // namespace tillkeeper::cli
