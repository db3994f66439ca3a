// `tillkeeper till` and `tillkeeper bus`: who may speak on the bus, and its certificates.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "agent/cli/command.h"
#include "agent/cli/till_access.h"

namespace tillkeeper::cli {

struct BusWish {
    TillWish till;
    std::string folder;
    std::vector<std::string> hosts;
};

// Adds them to `app`; `common` and `wish` must outlive the parsing.
void add_bus_commands(CLI::App& app, Common& common, BusWish& wish);

}  // namespace tillkeeper::cli
