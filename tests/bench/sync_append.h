// The disk's own limit: how long one 4 KiB append with fdatasync takes.
#pragma once

#include <filesystem>

#include "platform/result.h"

namespace tillkeeper::bench {

struct AppendTimes {
    double p50_us = 0;
    double p99_us = 0;
};

// Appends `count` times to a new file in `folder`, and removes it.
[[nodiscard]] Result<AppendTimes> measure_appends(const std::filesystem::path& folder, int count);

}  // namespace tillkeeper::bench
