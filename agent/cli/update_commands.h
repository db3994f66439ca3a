// `tillkeeper journal preflight` and `tillkeeper update-window`: what whoever updates the box asks first.
#pragma once

#include <CLI/CLI.hpp>

#include "agent/cli/command.h"
#include "storage/preflight.h"

namespace tillkeeper::cli {

struct UpdateWish {
    storage::PreflightWish preflight;
    bool force = false;
};

// Adds them to `app`; `common` and `wish` must outlive the parsing.
// preflight: {"fits":true,"from","to","older_reads","backup","copies_anew","entries","first","last","head"}; see
// storage/preflight.h.
// update-window: {"open","forced","window","reasons":["..."]}; exit 1 where it is closed.
void add_update_commands(CLI::App& app, Common& common, UpdateWish& wish);

[[nodiscard]] std::string preflight_text(JsonView tried);

}  // namespace tillkeeper::cli
