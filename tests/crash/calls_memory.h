// ScarceMemory: SQLite's allocations, of which the k-th fails. Before SQLite is used for the first time.
// Ownership: global, as SQLite's own. Thread: one.
#pragma once

#include <cstdint>

namespace tillkeeper::crash {

class ScarceMemory {
  public:
    static void install();
    // The `nth` allocation from now on fails, and, `lasting`, every later one. 0: none.
    static void fail(std::uint64_t nth, bool lasting);
    [[nodiscard]] static std::uint64_t allocations();
};

// While it lives there is memory enough: for those who judge.
class PlentyOfMemory {
  public:
    PlentyOfMemory();
    ~PlentyOfMemory();
    PlentyOfMemory(const PlentyOfMemory&) = delete;
    PlentyOfMemory& operator=(const PlentyOfMemory&) = delete;
};

}  // namespace tillkeeper::crash
