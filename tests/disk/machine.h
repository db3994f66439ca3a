// Machine: what stands behind a Disk: its contents, the open files of its processes, faults and rules.
// Only the files of this folder include this.
#pragma once

#include <sqlite3.h>

#include <array>
#include <string>
#include <vector>

#include "tests/disk/disk.h"

namespace tillkeeper::disk {

// The memory that connections to one database share (the index of its log).
struct SharedMemory {
    static constexpr int kRegionBytes = 32768;
    FileId file = 0;
    unsigned process = 0;
    int users = 0;
    std::vector<std::unique_ptr<std::array<char, kRegionBytes>>> regions;
};

// An open file, as SQLite holds it; `base` must stand first.
struct Handle {
    sqlite3_file base{};
    Disk::Machine* machine = nullptr;
    std::string path;
    FileId file = 0;
    bool writable = false;
    bool removed_at_close = false;
    bool syncs_names = false;    // the next sync keeps the names of the folder, too
    int type = 0;                // SQLITE_OPEN_MAIN_DB, ...
    unsigned process = 0;        // who opened it
    Handle* database = nullptr;  // of a log: the database; of a database: itself
    int level = SQLITE_LOCK_NONE;
    SharedMemory* memory = nullptr;
    unsigned shared = 0;  // slots of the shared memory that are locked
    unsigned exclusive = 0;
};

class Disk::Machine {
  public:
    Machine(Disk& disk, Random& random);
    ~Machine();

    // Every call of SQLite begins here. 0: carry it out; otherwise the answer.
    [[nodiscard]] int begin(Call call, const Handle* handle, std::size_t bytes = 0);
    [[nodiscard]] int fault_of(Call call, int error);
    [[nodiscard]] bool alive(const Handle& handle) const { return !frozen && handle.process == process; }
    [[nodiscard]] bool has_room(std::int64_t more) const;
    // How much of the write that death interrupts is carried out.
    [[nodiscard]] std::int64_t last_words(std::int64_t bytes);

    void note_write(Handle& handle, std::int64_t at);
    void note_close(Handle& handle);
    void break_rule(std::string what);

    [[nodiscard]] int lock(Handle& handle, int level);
    [[nodiscard]] bool reserved(const Handle& handle) const;
    [[nodiscard]] int lock_slots(Handle& handle, unsigned slots, int flags);
    [[nodiscard]] SharedMemory& memory_of(Handle& handle);
    void leave_memory(Handle& handle);

    struct Fault {
        Call call;
        std::uint64_t in;
        bool lasting;
    };

    Disk& disk;
    Random& random;
    sqlite3_vfs vfs{};
    std::string name;
    Contents contents;
    std::vector<Handle*> handles;  // in the order of opening
    std::vector<std::unique_ptr<SharedMemory>> memories;
    std::vector<Fault> faults;
    std::array<std::uint64_t, static_cast<std::size_t>(Call::kAny) + 1> calls{};
    std::optional<std::uint64_t> bytes_max;
    std::uint64_t freeze_in = 0;
    unsigned process = 1;
    int last_errno = 0;
    bool frozen = false;
    bool dying = false;  // the call that runs now is the last one
    bool lies = false;
    bool read_only = false;
    std::vector<std::string> violations;
    std::map<FileId, const Handle*> writers;  // by database: who writes it
};

// The functions of the VFS and of its files.
void fill_vfs(sqlite3_vfs& vfs, Disk::Machine& machine);
[[nodiscard]] const sqlite3_io_methods* file_methods();

}  // namespace tillkeeper::disk
