// `tillkeeper status`: the daemon's facts on one screen. Pure.
#pragma once

#include <string>

#include "agent/cli/json_view.h"
#include "agent/cli/look.h"

namespace tillkeeper::cli {

// `status`: agent::status_answer(). The sentence first; then the destinations, as a table where it fits into
// the width and one below the other elsewhere; what waits for a person and the command to look at it; room, journal,
// clock, version. Ends with a line feed.
[[nodiscard]] std::string status_screen(JsonView status, const Look& look);

// What changes and matters, on one line without its end: the sentence, and each destination that is not all well.
[[nodiscard]] std::string status_line(JsonView status);

}  // namespace tillkeeper::cli
