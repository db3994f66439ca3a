// The journal as lines of JSON, see agent/day/export_line.h. Reads it itself, while the daemon sells or stands.
#pragma once

#include <cstdint>
#include <string>

#include "agent/cli/progress.h"
#include "agent/config/config.h"
#include "platform/result.h"

namespace tillkeeper::cli {

struct ExportWish {
    std::string file;
    std::int64_t from = 1;
    std::int64_t to = 0;  // 0: the newest
    std::string day;      // "": all days
};

// {"file","entries","first","last"}. The file has mode 0600, and its name only when it is whole and synced; what is
// there already is never replaced.
[[nodiscard]] Result<std::string> export_journal(const agent::Config& config, const ExportWish& wish, const Told& told);

}  // namespace tillkeeper::cli
