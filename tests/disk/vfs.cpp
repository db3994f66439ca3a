// What SQLite calls. Each answers as its unix VFS would.
#include <cerrno>
#include <cstring>
#include <new>

#include "tests/disk/machine.h"

namespace tillkeeper::disk {
namespace {

constexpr sqlite3_int64 kNow = 212'000'000'000'000;  // any day does; milliseconds in SQLite's count
constexpr int kPathMax = 1024;

Handle& handle_of(sqlite3_file* file) {
    return *reinterpret_cast<Handle*>(file);
}
Disk::Machine& machine_of(sqlite3_vfs* vfs) {
    return *static_cast<Disk::Machine*>(vfs->pAppData);
}

int close_file(sqlite3_file* file) {
    Handle& handle = handle_of(file);
    handle.machine->note_close(handle);
    handle.~Handle();
    return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* into, int bytes, sqlite3_int64 at) {
    Handle& handle = handle_of(file);
    if (const int code = handle.machine->begin(Call::kRead, &handle, static_cast<std::size_t>(bytes)); code != 0)
        return code;
    const auto got = handle.machine->contents.cached(handle.file).read(static_cast<char*>(into), bytes, at);
    return got == bytes ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int not_writable(Handle& handle) {
    if (!handle.writable) handle.machine->note_write(handle, 1);
    handle.machine->last_errno = handle.writable ? EROFS : EBADF;
    return SQLITE_IOERR_WRITE;
}

int write_file(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
    Handle& handle = handle_of(file);
    auto& machine = *handle.machine;
    if (const int code = machine.begin(Call::kWrite, &handle, static_cast<std::size_t>(bytes)); code != 0) return code;
    if (!handle.writable || machine.read_only) return not_writable(handle);
    const auto size = machine.contents.cached(handle.file).size();
    if (!machine.has_room(at + bytes - size)) {
        machine.last_errno = ENOSPC;
        return SQLITE_FULL;
    }
    machine.note_write(handle, at);
    std::int64_t count = bytes;
    if (machine.dying) count = machine.last_words(bytes);
    if (count > 0) machine.contents.write(handle.file, static_cast<const char*>(from), count, at);
    if (!machine.dying) return SQLITE_OK;
    machine.dying = false;
    return SQLITE_IOERR_WRITE;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    Handle& handle = handle_of(file);
    auto& machine = *handle.machine;
    if (const int code = machine.begin(Call::kTruncate, &handle); code != 0) return code;
    if (!handle.writable || machine.read_only) return not_writable(handle), SQLITE_IOERR_TRUNCATE;
    machine.note_write(handle, 0);
    machine.contents.resize(handle.file, size);
    return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int /*flags*/) {
    Handle& handle = handle_of(file);
    auto& machine = *handle.machine;
    int code = machine.begin(Call::kSync, &handle);
    if (code == 0 && machine.read_only && machine.contents.unsynced(handle.file)) code = SQLITE_IOERR_FSYNC;
    if (code != 0) {
        if (machine.alive(handle)) machine.contents.fail_sync(handle.file, machine.random);
        return code;
    }
    if (machine.lies) return SQLITE_OK;
    machine.contents.sync(handle.file);
    if (std::exchange(handle.syncs_names, false)) machine.contents.sync_names();
    return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    Handle& handle = handle_of(file);
    if (const int code = handle.machine->begin(Call::kFileSize, &handle); code != 0) return code;
    *size = handle.machine->contents.cached(handle.file).size();
    return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int level) {
    Handle& handle = handle_of(file);
    if (const int code = handle.machine->begin(Call::kLock, &handle); code != 0) return code;
    return handle.machine->lock(handle, level);
}

int unlock_file(sqlite3_file* file, int level) {
    Handle& handle = handle_of(file);
    handle.level = std::min(handle.level, level);
    return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* reserved) {
    Handle& handle = handle_of(file);
    if (const int code = handle.machine->begin(Call::kLock, &handle); code != 0) return SQLITE_IOERR_CHECKRESERVEDLOCK;
    *reserved = handle.machine->reserved(handle) ? 1 : 0;
    return SQLITE_OK;
}

int control(sqlite3_file* /*file*/, int /*what*/, void* /*argument*/) {
    return SQLITE_NOTFOUND;
}
int sector_size(sqlite3_file* /*file*/) {
    return 4096;
}
int characteristics(sqlite3_file* /*file*/) {
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int shm_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** out) {
    Handle& handle = handle_of(file);
    auto& machine = *handle.machine;
    *out = nullptr;
    if (const int code = machine.begin(Call::kShmMap, &handle); code != 0) return code;
    if (bytes != SharedMemory::kRegionBytes) return SQLITE_IOERR_SHMMAP;
    SharedMemory& memory = machine.memory_of(handle);
    const auto wanted = static_cast<std::size_t>(region) + 1;
    while (memory.regions.size() < wanted) {
        if (extend == 0) return SQLITE_OK;
        if (!machine.has_room(SharedMemory::kRegionBytes)) {
            machine.last_errno = ENOSPC;
            return SQLITE_IOERR_SHMSIZE;
        }
        memory.regions.push_back(std::make_unique<std::array<char, SharedMemory::kRegionBytes>>());
    }
    *out = memory.regions[wanted - 1]->data();
    return SQLITE_OK;
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    Handle& handle = handle_of(file);
    const unsigned slots = ((1U << count) - 1U) << offset;
    const bool unlock = (flags & SQLITE_SHM_UNLOCK) != 0;
    if (!unlock)
        if (const int code = handle.machine->begin(Call::kShmLock, &handle); code != 0) return code;
    return handle.machine->lock_slots(handle, slots, flags);
}

void shm_barrier(sqlite3_file* /*file*/) {}

int shm_unmap(sqlite3_file* file, int /*remove*/) {
    Handle& handle = handle_of(file);
    handle.machine->leave_memory(handle);
    return SQLITE_OK;
}

bool of_journal(int flags) {
    return (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
}

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
    auto& machine = machine_of(vfs);
    file->pMethods = nullptr;
    if (const int code = machine.begin(Call::kOpen, nullptr); code != 0) return code;
    const std::string name = path == nullptr ? "" : path;
    FileId id = name.empty() ? 0 : machine.contents.find(name);
    const bool wants_to_write = (flags & SQLITE_OPEN_READWRITE) != 0;
    if (id == 0) {
        machine.last_errno = machine.read_only ? EROFS : ENOENT;
        if ((flags & SQLITE_OPEN_CREATE) == 0 || machine.read_only) return SQLITE_CANTOPEN;
        id = machine.contents.create(name);
    }
    auto* handle = new (file) Handle;
    handle->machine = &machine;
    handle->path = name;
    handle->file = id;
    handle->process = machine.process;
    handle->writable = wants_to_write && !machine.read_only;
    handle->removed_at_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0 && !name.empty();
    handle->syncs_names = (flags & SQLITE_OPEN_CREATE) != 0 && of_journal(flags);
    handle->type = flags & 0x0fff00;
    if (handle->type == SQLITE_OPEN_MAIN_DB) handle->database = handle;
    if (handle->type == SQLITE_OPEN_WAL)
        handle->database = reinterpret_cast<Handle*>(sqlite3_database_file_object(path));
    machine.handles.push_back(handle);
    file->pMethods = file_methods();
    if (out != nullptr) {
        *out = flags;
        if (wants_to_write && machine.read_only) *out = (flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
    }
    return SQLITE_OK;
}

int remove_file(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    auto& machine = machine_of(vfs);
    if (const int code = machine.begin(Call::kDelete, nullptr); code != 0) return code;
    if (machine.contents.find(path) == 0) return SQLITE_IOERR_DELETE_NOENT;
    if (machine.read_only) return SQLITE_IOERR_DELETE;
    machine.contents.unlink(path);
    if (sync_folder != 0 && !machine.lies) machine.contents.sync_names();
    return SQLITE_OK;
}

int access_file(sqlite3_vfs* vfs, const char* path, int flags, int* out) {
    auto& machine = machine_of(vfs);
    if (const int code = machine.begin(Call::kAccess, nullptr); code != 0) return code;
    const FileId file = machine.contents.find(path);
    const bool filled = file != 0 && machine.contents.cached(file).size() > 0;
    *out = (flags == SQLITE_ACCESS_EXISTS ? filled : file != 0 && !machine.read_only) ? 1 : 0;
    return SQLITE_OK;
}

int full_path(sqlite3_vfs* /*vfs*/, const char* path, int room, char* out) {
    if (static_cast<int>(std::strlen(path)) >= room) return SQLITE_CANTOPEN;
    std::memcpy(out, path, std::strlen(path) + 1);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs* /*vfs*/, int bytes, char* out) {
    std::memset(out, 7, static_cast<std::size_t>(bytes));  // see Disk::seed_sqlite
    return bytes;
}

int do_not_wait(sqlite3_vfs* vfs, int microseconds) {
    static_cast<void>(machine_of(vfs).begin(Call::kSleep, nullptr, static_cast<std::size_t>(microseconds)));
    return microseconds;
}

int day(sqlite3_vfs* /*vfs*/, double* out) {
    *out = static_cast<double>(kNow) / 86'400'000.0;
    return SQLITE_OK;
}
int instant(sqlite3_vfs* /*vfs*/, sqlite3_int64* out) {
    *out = kNow;
    return SQLITE_OK;
}
int last_error(sqlite3_vfs* vfs, int /*room*/, char* /*out*/) {
    return machine_of(vfs).last_errno;
}

}  // namespace

const sqlite3_io_methods* file_methods() {
    static const sqlite3_io_methods kMethods = [] {
        sqlite3_io_methods methods{};
        methods.iVersion = 2;
        methods.xClose = close_file;
        methods.xRead = read_file;
        methods.xWrite = write_file;
        methods.xTruncate = truncate_file;
        methods.xSync = sync_file;
        methods.xFileSize = file_size;
        methods.xLock = lock_file;
        methods.xUnlock = unlock_file;
        methods.xCheckReservedLock = check_reserved;
        methods.xFileControl = control;
        methods.xSectorSize = sector_size;
        methods.xDeviceCharacteristics = characteristics;
        methods.xShmMap = shm_map;
        methods.xShmLock = shm_lock;
        methods.xShmBarrier = shm_barrier;
        methods.xShmUnmap = shm_unmap;
        return methods;
    }();
    return &kMethods;
}

void fill_vfs(sqlite3_vfs& vfs, Disk::Machine& machine) {
    vfs.iVersion = 2;
    vfs.szOsFile = sizeof(Handle);
    vfs.mxPathname = kPathMax;
    vfs.zName = machine.name.c_str();
    vfs.pAppData = &machine;
    vfs.xOpen = open_file;
    vfs.xDelete = remove_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = do_not_wait;
    vfs.xCurrentTime = day;
    vfs.xCurrentTimeInt64 = instant;
    vfs.xGetLastError = last_error;
}

}  // namespace tillkeeper::disk
