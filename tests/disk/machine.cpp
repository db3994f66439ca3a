#include "tests/disk/machine.h"

#include <algorithm>
#include <atomic>
#include <cerrno>

namespace tillkeeper::disk {
namespace {

int answer_of_dead(Call call) {
    switch (call) {
        case Call::kOpen:
            return SQLITE_CANTOPEN;
        case Call::kRead:
            return SQLITE_IOERR_READ;
        case Call::kWrite:
            return SQLITE_IOERR_WRITE;
        case Call::kTruncate:
            return SQLITE_IOERR_TRUNCATE;
        case Call::kSync:
            return SQLITE_IOERR_FSYNC;
        case Call::kDelete:
            return SQLITE_IOERR_DELETE;
        case Call::kAccess:
            return SQLITE_IOERR_ACCESS;
        case Call::kFileSize:
            return SQLITE_IOERR_FSTAT;
        case Call::kLock:
            return SQLITE_IOERR_LOCK;
        case Call::kShmMap:
            return SQLITE_IOERR_SHMMAP;
        case Call::kShmLock:
            return SQLITE_IOERR_SHMLOCK;
        case Call::kSleep:
        case Call::kAny:
            break;
    }
    return SQLITE_IOERR;
}

bool modifies(Call call) {
    return call == Call::kWrite || call == Call::kTruncate || call == Call::kSync || call == Call::kDelete;
}

std::string next_name() {
    static std::atomic<int> count = 0;
    return "tillkeeper-disk-" + std::to_string(++count);
}

}  // namespace

Disk::Machine::Machine(Disk& owner, Random& source) : disk(owner), random(source), name(next_name()) {
    fill_vfs(vfs, *this);
    sqlite3_vfs_register(&vfs, 0);
}

Disk::Machine::~Machine() {
    sqlite3_vfs_unregister(&vfs);
}

int Disk::Machine::begin(Call call, const Handle* handle, std::size_t bytes) {
    last_errno = EIO;
    if (frozen || (handle != nullptr && handle->process != process)) return answer_of_dead(call);
    ++calls.at(static_cast<std::size_t>(call));
    ++calls.at(static_cast<std::size_t>(Call::kAny));
    if (disk.on_call) disk.on_call(call, bytes);
    if (frozen) return answer_of_dead(call);
    if (modifies(call) && freeze_in != 0 && --freeze_in == 0) {
        frozen = true;
        dying = call == Call::kWrite;
        if (!dying) return answer_of_dead(call);
    }
    return fault_of(call, answer_of_dead(call));
}

int Disk::Machine::fault_of(Call call, int error) {
    bool failed = false;
    for (auto& fault : faults) {
        if (fault.call != call && fault.call != Call::kAny) continue;
        if (fault.in > 1) {
            --fault.in;
            continue;
        }
        if (fault.in == 0) continue;  // was
        if (!fault.lasting) fault.in = 0;
        failed = true;
    }
    return failed ? error : SQLITE_OK;
}

bool Disk::Machine::has_room(std::int64_t more) const {
    return more <= 0 || !bytes_max || disk.used_bytes() + static_cast<std::uint64_t>(more) <= *bytes_max;
}

std::int64_t Disk::Machine::last_words(std::int64_t bytes) {
    const auto sectors = static_cast<std::uint64_t>(bytes / kSectorBytes);
    return static_cast<std::int64_t>(random.below(sectors + 1)) * kSectorBytes;
}

void Disk::Machine::break_rule(std::string what) {
    if (std::ranges::find(violations, what) == violations.end()) violations.push_back(std::move(what));
}

void Disk::Machine::note_write(Handle& handle, std::int64_t at) {
    const bool database = handle.type == SQLITE_OPEN_MAIN_DB;
    if ((!database && handle.type != SQLITE_OPEN_WAL) || handle.database == nullptr) return;
    const Handle& owner = *handle.database;
    if (!owner.writable) break_rule("a connection that was opened to read writes " + handle.path);
    const auto writer = writers.try_emplace(owner.file, &owner).first;
    if (writer->second != &owner) break_rule("two connections write " + owner.path);
    if (lies) return;
    const FileId log = database ? contents.find(handle.path + "-wal") : handle.file;
    if (log == 0) return;
    if (database && contents.cached(log).size() > 0 && contents.unsynced(log))
        break_rule("the database is written before its log was synced");
    if (!database && at == 0 && contents.unsynced(owner.file))
        break_rule("the log is begun anew before the database was synced");
}

void Disk::Machine::note_close(Handle& handle) {
    std::erase(handles, &handle);
    for (auto* other : handles)
        if (other->database == &handle) other->database = nullptr;
    std::erase_if(writers, [&](const auto& writer) { return writer.second == &handle; });
    leave_memory(handle);
    if (handle.removed_at_close && alive(handle)) contents.unlink(handle.path);
}

int Disk::Machine::lock(Handle& handle, int level) {
    if (level <= handle.level) return SQLITE_OK;
    int highest = SQLITE_LOCK_NONE;
    for (const auto* other : handles)
        if (other != &handle && other->file == handle.file && other->process == process)
            highest = std::max(highest, other->level);
    const bool in_the_way =
        level == SQLITE_LOCK_SHARED ? highest >= SQLITE_LOCK_PENDING : highest >= SQLITE_LOCK_RESERVED;
    if (in_the_way) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_EXCLUSIVE && highest >= SQLITE_LOCK_SHARED) {
        handle.level = SQLITE_LOCK_PENDING;
        return SQLITE_BUSY;
    }
    handle.level = level;
    return SQLITE_OK;
}

bool Disk::Machine::reserved(const Handle& handle) const {
    return std::ranges::any_of(handles, [&](const Handle* other) {
        return other->file == handle.file && other->process == process && other->level >= SQLITE_LOCK_RESERVED;
    });
}

int Disk::Machine::lock_slots(Handle& handle, unsigned slots, int flags) {
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
        (exclusive ? handle.exclusive : handle.shared) &= ~slots;
        return SQLITE_OK;
    }
    for (const auto* other : handles) {
        if (other == &handle || other->memory != handle.memory) continue;
        if ((other->exclusive & slots) != 0 || (exclusive && (other->shared & slots) != 0)) return SQLITE_BUSY;
    }
    (exclusive ? handle.exclusive : handle.shared) |= slots;
    return SQLITE_OK;
}

SharedMemory& Disk::Machine::memory_of(Handle& handle) {
    if (handle.memory != nullptr) return *handle.memory;
    for (const auto& memory : memories)
        if (memory->file == handle.file && memory->process == process) handle.memory = memory.get();
    if (handle.memory == nullptr) {
        memories.push_back(std::make_unique<SharedMemory>());
        handle.memory = memories.back().get();
        handle.memory->file = handle.file;
        handle.memory->process = process;
    }
    ++handle.memory->users;
    return *handle.memory;
}

void Disk::Machine::leave_memory(Handle& handle) {
    SharedMemory* memory = std::exchange(handle.memory, nullptr);
    handle.shared = handle.exclusive = 0;
    if (memory == nullptr || --memory->users > 0) return;
    std::erase_if(memories, [&](const auto& one) { return one.get() == memory; });
}

}  // namespace tillkeeper::disk
