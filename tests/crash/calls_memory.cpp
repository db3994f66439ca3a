#include "tests/crash/calls_memory.h"

#include <sqlite3.h>

namespace tillkeeper::crash {
namespace {

struct Counter {
    sqlite3_mem_methods system{};
    std::uint64_t count = 0;
    std::uint64_t fail_at = 0;  // 0: never
    bool lasting = false;
    int suspended = 0;

    bool fails() {
        if (suspended != 0) return false;
        ++count;
        return fail_at != 0 && (lasting ? count >= fail_at : count == fail_at);
    }
};

Counter counter;

void* scarce_malloc(int bytes) {
    return counter.fails() ? nullptr : counter.system.xMalloc(bytes);
}
void* scarce_realloc(void* memory, int bytes) {
    return counter.fails() ? nullptr : counter.system.xRealloc(memory, bytes);
}

}  // namespace

void ScarceMemory::install() {
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &counter.system);
    sqlite3_mem_methods ours = counter.system;
    ours.xMalloc = scarce_malloc;
    ours.xRealloc = scarce_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
}

void ScarceMemory::fail(std::uint64_t nth, bool lasting) {
    counter.fail_at = nth == 0 ? 0 : counter.count + nth;
    counter.lasting = lasting;
}

std::uint64_t ScarceMemory::allocations() {
    return counter.count;
}

PlentyOfMemory::PlentyOfMemory() {
    ++counter.suspended;
}
PlentyOfMemory::~PlentyOfMemory() {
    --counter.suspended;
}

}  // namespace tillkeeper::crash
