// `tillkeeper queue`, `differences`, `find`, `verify`: what the journal holds, and what a person decides about it.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "agent/cli/command.h"
#include "agent/cli/repair.h"

namespace tillkeeper::cli {

struct JournalWish {
    std::string destination;
    std::int64_t after = 0;
    std::int64_t number = 0;
    std::string text;
    std::string patch;
    std::string transaction;
    DecisionText decision;
};

// Adds them to `app`; `common` and `wish` must outlive the parsing.
void add_journal_commands(CLI::App& app, Common& common, JournalWish& wish);

}  // namespace tillkeeper::cli
