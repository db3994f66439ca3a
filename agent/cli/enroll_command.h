// `tillkeeper enroll`.
#pragma once

#include <CLI/CLI.hpp>

#include "agent/cli/command.h"
#include "agent/cli/enroll.h"

namespace tillkeeper::cli {

// Adds it to `app`; `common` and `wish` must outlive the parsing.
void add_enroll_command(CLI::App& app, Common& common, EnrollWish& wish);

}  // namespace tillkeeper::cli
