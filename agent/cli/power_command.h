// `tillkeeper power failing` and `tillkeeper power back`: for whoever watches the power: a UPS's program, a GPIO line.
#pragma once

#include <CLI/CLI.hpp>

#include "agent/cli/command.h"

namespace tillkeeper::cli {

void add_power_commands(CLI::App& app, Common& common);

}  // namespace tillkeeper::cli
