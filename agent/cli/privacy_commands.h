// `tillkeeper erase` and `tillkeeper key`.
#pragma once

#include <CLI/CLI.hpp>

#include "agent/cli/erase_member.h"
#include "agent/cli/journal_access.h"

namespace tillkeeper::cli {

// Adds them to `app`; `exit` becomes 0 fine, 1 not fine. Everything must outlive the parsing. `wish`: with the user's
// name.
void add_privacy_commands(CLI::App& app, const Access& access, const bool& json, ErasureWish& wish, int& exit);

}  // namespace tillkeeper::cli
