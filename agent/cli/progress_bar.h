// A bar that says how much is done.
#pragma once

#include <cstdint>
#include <string>

#include "agent/cli/look.h"

namespace tillkeeper::cli {

// "[####....] 52 %" where there are no symbols. What is not done to the end never shows as 100 %.
[[nodiscard]] std::string progress_bar(std::int64_t done, std::int64_t total, std::size_t cells, const Look& look);

}  // namespace tillkeeper::cli
