// FaultyDisk: a SQLite VFS over the system's that fails when a test says so, counts, and has a size.
// One at a time. Thread: set up before, or between, the calls of the thread that uses it.
#pragma once

#include <cstdint>
#include <string>

namespace tillkeeper::storage {

struct FaultyDisk {
    FaultyDisk();  // registers the VFS; everything works
    ~FaultyDisk();
    FaultyDisk(const FaultyDisk&) = delete;
    FaultyDisk& operator=(const FaultyDisk&) = delete;

    [[nodiscard]] static std::string vfs() { return "tillkeeper-faulty"; }

    int fail_sync_in = 0;   // 1: the next sync fails, 2: the one after; 0: none
    int fail_write_in = 0;  // the same for writes
    bool lasting = false;   // once failed, everything fails until it is false again

    std::string folder;               // the disk's only folder, with
    std::uint64_t bytes_max = ~0ULL;  // room for so many bytes in all its files

    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t syncs = 0;

    [[nodiscard]] bool sync_fails();
    [[nodiscard]] bool write_fails();
    [[nodiscard]] bool has_room_for(std::uint64_t more) const;
};

}  // namespace tillkeeper::storage
