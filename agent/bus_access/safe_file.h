// Files that a power cut leaves either as they were or as they shall be.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper::agent {

enum class OldMode : std::uint8_t { kKept, kReplaced };

// Writes beside it, syncs, renames, syncs the folder. What is there already keeps its owner, and its mode where `old`
// says so; else the file has `mode` from its first byte on, and belongs to whom its folder belongs.
[[nodiscard]] Result<void> write_safely(const std::string& path, std::string_view text, mode_t mode,
                                        OldMode old = OldMode::kKept);

// When root made it, the open file is given to whom the folder of `path` belongs: the daemon is to read it too.
[[nodiscard]] bool inherit_owner(int fd, const std::string& path);

// The whole file, at most 1 MiB; "" when there is none.
[[nodiscard]] Result<std::string> read_if_there(const std::string& path);

}  // namespace tillkeeper::agent
