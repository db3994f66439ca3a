#include "tests/storage/faulty_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace tillkeeper::storage {
namespace {

FaultyDisk* disk = nullptr;
sqlite3_vfs* system_vfs = nullptr;
sqlite3_vfs our_vfs;

// The system's VFS has one set of methods for databases and one for logs: each gets its twin with faults.
struct Methods {
    const sqlite3_io_methods* system = nullptr;
    sqlite3_io_methods ours{};
};
std::array<Methods, 4> methods;

const sqlite3_io_methods* system_of(const sqlite3_file* file) {
    return std::find_if(methods.begin(), methods.end(), [&](const Methods& m) { return &m.ours == file->pMethods; })
        ->system;
}

int read_file(sqlite3_file* file, void* into, int bytes, sqlite3_int64 at) {
    ++disk->reads;
    return system_of(file)->xRead(file, into, bytes, at);
}

int write_file(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
    ++disk->writes;
    if (disk->write_fails()) return SQLITE_IOERR_WRITE;
    sqlite3_int64 size = 0;
    system_of(file)->xFileSize(file, &size);
    if (at + bytes > size && !disk->has_room_for(static_cast<std::uint64_t>(at + bytes - size))) return SQLITE_FULL;
    return system_of(file)->xWrite(file, from, bytes, at);
}

int sync_file(sqlite3_file* file, int flags) {
    ++disk->syncs;
    return disk->sync_fails() ? SQLITE_IOERR_FSYNC : system_of(file)->xSync(file, flags);
}

int open_file(sqlite3_vfs* /*ours*/, const char* name, sqlite3_file* file, int flags, int* out) {
    const int code = system_vfs->xOpen(system_vfs, name, file, flags, out);
    if (code != SQLITE_OK || file->pMethods == nullptr) return code;
    auto* known = std::find_if(methods.begin(), methods.end(),
                               [&](const Methods& m) { return m.system == file->pMethods || m.system == nullptr; });
    if (known->system == nullptr) {
        known->system = file->pMethods;
        known->ours = *file->pMethods;
        known->ours.xRead = read_file;
        known->ours.xWrite = write_file;
        known->ours.xSync = sync_file;
    }
    file->pMethods = &known->ours;
    return code;
}

bool fails(int& in, bool lasting) {
    if (in == 0) return false;
    if (in > 1) return --in, false;
    if (!lasting) in = 0;
    return true;
}

}  // namespace

FaultyDisk::FaultyDisk() {
    disk = this;
    system_vfs = sqlite3_vfs_find(nullptr);
    our_vfs = *system_vfs;
    our_vfs.zName = "tillkeeper-faulty";
    our_vfs.xOpen = open_file;
    sqlite3_vfs_register(&our_vfs, 0);
}

FaultyDisk::~FaultyDisk() {
    sqlite3_vfs_unregister(&our_vfs);
}

bool FaultyDisk::sync_fails() {
    return fails(fail_sync_in, lasting);
}
bool FaultyDisk::write_fails() {
    return fails(fail_write_in, lasting);
}

bool FaultyDisk::has_room_for(std::uint64_t more) const {
    if (folder.empty()) return true;
    std::uint64_t used = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) used += file.file_size();
    return used + more <= bytes_max;
}

}  // namespace tillkeeper::storage
