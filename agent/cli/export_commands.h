// `tillkeeper export`, `import`: the journal as lines of JSON, and back into a journal.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "agent/cli/command.h"
#include "agent/cli/journal_export.h"

namespace tillkeeper::cli {

// Adds them to `app`; `common` and `wish` must outlive the parsing.
void add_export_commands(CLI::App& app, Common& common, ExportWish& wish);

}  // namespace tillkeeper::cli
