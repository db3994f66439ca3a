// All programs with all that their pages say.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "agent/cli/pages/command_entry.h"

namespace tillkeeper::cli {

// `date`: of the pages, "2026-11-22".
[[nodiscard]] Program command_line_program(const CLI::App& tree, const std::string& date);
[[nodiscard]] Program box_program(const CLI::App& tree, const std::string& date);
[[nodiscard]] Program daemon_program(const CLI::App& tree, const std::string& date);

}  // namespace tillkeeper::cli
