// `tillkeeper healthcheck`: one question for updaters and supervisors: is this box well? An outage of the network is no
// illness.
#pragma once

#include <string>

#include "agent/cli/journal_access.h"
#include "agent/cli/json_view.h"
#include "platform/clock.h"

namespace tillkeeper::cli {

// Asks again until the box is well or `wait` is over: {"healthy":bool,"reasons":["..."]}. Well is: the daemon's loops
// answer, its journal can be read, transactions can be accepted. kInvalid: nobody knows where it listens.
[[nodiscard]] Result<std::string> healthcheck(const Access& access, Duration wait);

[[nodiscard]] std::string health_text(JsonView health);

}  // namespace tillkeeper::cli
