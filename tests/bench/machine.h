// Where and when it was measured.
#pragma once

#include <filesystem>
#include <string>

namespace tillkeeper::bench {

// "2026-11-21, Intel Xeon, 2 cores, /dev/vda ext4"
[[nodiscard]] std::string describe_machine(const std::filesystem::path& folder);

// The load average of the last minute.
[[nodiscard]] double load();

}  // namespace tillkeeper::bench
