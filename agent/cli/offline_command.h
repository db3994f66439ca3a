// `tillkeeper offline` and `tillkeeper online`: the store is kept off the network for a while.
#pragma once

#include <CLI/CLI.hpp>

#include "agent/cli/command.h"

namespace tillkeeper::cli {

struct OfflineWish {
    std::int64_t seconds = 3600;
    std::string who;  // default: the user's name
    std::string why;
};

void add_offline_commands(CLI::App& app, Common& common, OfflineWish& wish);

}  // namespace tillkeeper::cli
