// `tillkeeper enroll`, as it is typed.
#pragma once

#include <CLI/CLI.hpp>

#include "agent/cli/enroll.h"
#include "agent/cli/journal_access.h"

namespace tillkeeper::cli {

// Adds it to `app`; `exit` becomes 0 fine, 1 not fine. Everything must outlive the parsing.
void add_enroll_command(CLI::App& app, const Access& access, const bool& json, EnrollWish& wish, int& exit);

}  // namespace tillkeeper::cli
