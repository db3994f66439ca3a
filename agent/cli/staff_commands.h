// `tillkeeper staff`: who may settle things on the page, each with a PIN.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "agent/cli/command.h"

namespace tillkeeper::cli {

// Adds them to `app`; `common` and `name` must outlive the parsing.
void add_staff_commands(CLI::App& app, Common& common, std::string& name);

}  // namespace tillkeeper::cli
