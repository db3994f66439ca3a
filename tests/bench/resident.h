// How much memory a process has.
#pragma once

#include <sys/types.h>

namespace tillkeeper::bench {

struct Memory {
    double resident = 0;   // MiB: VmRSS
    double anonymous = 0;  // MiB: RssAnon
};

[[nodiscard]] Memory memory_of(pid_t pid);

}  // namespace tillkeeper::bench
