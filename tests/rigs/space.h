// Namespaces of our own: what is mounted, and how the network looks, is seen by this process and its children alone,
// and the kernel takes it all away when the last of them ends, however that happens.
#pragma once

#include <string>
#include <vector>

#include "platform/result.h"

namespace tillkeeper::rigs {

enum class Space { kMounts, kMountsAndNetwork };

// Before any thread and any child. kUnavailable: which right is missing.
[[nodiscard]] Result<void> enter(Space space);

// kUnavailable names the first that is missing: a program in the PATH, or a device node (an absolute path).
[[nodiscard]] Result<void> need(const std::vector<std::string>& things);

}  // namespace tillkeeper::rigs
