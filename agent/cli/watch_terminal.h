// Runs a Watch until Ctrl-C: in place on a terminal, a line for each change elsewhere.
#pragma once

#include "agent/cli/command.h"

namespace tillkeeper::cli {

// Ends at SIGINT, SIGTERM and SIGHUP, with the terminal as it was. 0: sales were taken then, 1: they were not, nobody
// answered, or it is not known whom to ask.
[[nodiscard]] int watch_status(const Common& common);

}  // namespace tillkeeper::cli
