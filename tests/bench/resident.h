// How much memory a process has.
#pragma once

#include <sys/types.h>

namespace tillkeeper::bench {

struct Memory {
    double resident = 0;   // MiB: VmRSS
    double anonymous = 0;  // MiB: RssAnon
};

// Of a program under qemu-arm that was told where its guest's memory begins (-B): the same of the guest alone.
[[nodiscard]] Memory memory_of(pid_t pid);

}  // namespace tillkeeper::bench
