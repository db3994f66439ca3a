// What ends by a date of its own, however much room the disk has. Reads small files. Thread: the sync loop.
#pragma once

#include <vector>

#include "agent/config/config.h"
#include "agent/local/runway.h"
#include "sync/source.h"

namespace tillkeeper::agent {

// Certificates that this box renews by itself are no end, unless that is overdue.
[[nodiscard]] std::vector<KnownEnd> known_ends(const Config& config, const std::vector<sync::SourceStatus>& copies,
                                               WallTime now);

}  // namespace tillkeeper::agent
