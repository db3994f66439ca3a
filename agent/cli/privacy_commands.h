// `tillkeeper erase` and `tillkeeper key`.
#pragma once

#include <CLI/CLI.hpp>

#include "agent/cli/command.h"
#include "agent/cli/erase_member.h"

namespace tillkeeper::cli {

// Adds them to `app`; `common` and `wish` must outlive the parsing.
void add_privacy_commands(CLI::App& app, Common& common, ErasureWish& wish);

}  // namespace tillkeeper::cli
