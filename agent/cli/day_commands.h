// `tillkeeper day`, `manifest`: what a business day came to, and its signed manifest.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "agent/cli/command.h"

namespace tillkeeper::cli {

struct DayWish {
    std::string date;  // "": today
    bool csv = false;
    bool jws = false;
    std::vector<std::string> files;
    std::string key;
    std::string received;
};

// Adds them to `app`; `common` and `wish` must outlive the parsing.
void add_day_commands(CLI::App& app, Common& common, DayWish& wish);

}  // namespace tillkeeper::cli
