// How old the copies of cloud data are, against what the configuration allows. Pure.
#pragma once

#include <vector>

#include "agent/local/store_state.h"
#include "sync/source.h"

namespace tillkeeper::agent {

// Of each collection that is copied; not of those that are only asked live.
[[nodiscard]] std::vector<CopyState> copy_states(const std::vector<sync::SourceConfig>& collections,
                                                 const std::vector<sync::SourceStatus>& copies, WallTime now);

}  // namespace tillkeeper::agent
