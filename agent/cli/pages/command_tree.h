// A program's commands as its manual page and the completions need them, read from the tree that parses them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "agent/cli/pages/command_entry.h"

namespace tillkeeper::cli {

// The program itself first, then each command before those below it.
[[nodiscard]] std::vector<CommandEntry> entries_of(const CLI::App& tree);

}  // namespace tillkeeper::cli
