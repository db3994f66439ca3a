// `tillkeeper healthcheck`, `support-bundle`.
#pragma once

#include <CLI/CLI.hpp>

#include "agent/cli/command.h"

namespace tillkeeper::cli {

struct SupportWish {
    unsigned wait_s = 0;
    std::string file;
};

// Adds them to `app`; `common` and `wish` must outlive the parsing.
void add_support_commands(CLI::App& app, Common& common, SupportWish& wish);

}  // namespace tillkeeper::cli
