// What an export holds, handed over to the running daemon as the tills did, see agent/day/hand_over.h. What a person
// had decided about quarantined ones is decided again, in their name. What the exporting box wrote of itself, and what
// was decided about single destinations, stays with that box: it is left out and counted.
#pragma once

#include <string>

#include "agent/cli/json_view.h"
#include "agent/cli/progress.h"
#include "platform/result.h"

namespace tillkeeper::cli {

// {"fine","complete","accepted","duplicate","quarantined","decided","left_out","bad_lines":[{"line","problem"}]}
// `complete`: its last line proves that it is whole. Bad lines are at most kBadLinesMax; then it stops.
[[nodiscard]] Result<std::string> import_journal(const std::string& socket, const std::string& file, const Told& told);

[[nodiscard]] std::string imported_text(JsonView done);

}  // namespace tillkeeper::cli
