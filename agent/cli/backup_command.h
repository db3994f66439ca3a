// `tillkeeper backup`: a copy of the journal in one file, while the daemon sells or stands.
#pragma once

#include <CLI/CLI.hpp>

#include "agent/cli/command.h"
#include "storage/backup.h"

namespace tillkeeper::cli {

// Adds it to `app`; `common` and `wish` must outlive the parsing. Reads the journal itself, so that the daemon has no
// work with it: needs the rights to do that.
// {"file","entries","first","last","bytes","head"}
void add_backup_command(CLI::App& app, Common& common, storage::BackupWish& wish);

[[nodiscard]] std::string backup_text(JsonView made);

}  // namespace tillkeeper::cli
