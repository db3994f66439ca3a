// `tillkeeper status`, `doctor`, `config check`.
#pragma once

#include <CLI/CLI.hpp>

#include "agent/cli/command.h"

namespace tillkeeper::cli {

// Adds them to `app`; `common` and `watch` must outlive the parsing.
void add_box_commands(CLI::App& app, Common& common, bool& watch);

}  // namespace tillkeeper::cli
