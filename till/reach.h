// A TCP connection that is begun and not waited for: libmosquitto's own connect would wait as long as the kernel does.
#pragma once

#include <string>

#include "platform/result.h"

namespace tillkeeper::pos {

// A socket that connects by itself; writable when it is decided. The caller closes it. kUnavailable, kInvalid (no such
// host). Blocks only to look up a name.
[[nodiscard]] Result<int> begin_to_reach(const std::string& host, int port);

// What became of it, once it is writable: nothing, or why nobody answers there.
[[nodiscard]] Result<void> reach_result(int socket);

}  // namespace tillkeeper::pos
