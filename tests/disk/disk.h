// Disk: a disk in memory with a kernel's page cache before it, offered to SQLite as a VFS of its own name.
//
// Everything follows from what is asked of it and from `random`. Several may exist at once. No call ever waits.
// Ownership: outlives every connection that uses its vfs(). Thread: one at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/disk/contents.h"

namespace tillkeeper::disk {

enum class Call : std::uint8_t {
    kOpen,
    kRead,
    kWrite,
    kTruncate,
    kSync,
    kDelete,  // a kOpen that makes a file, and the last four, modify the disk
    kAccess,
    kFileSize,
    kLock,
    kShmMap,
    kShmLock,
    kSleep,
    kAny,  // for fail(): whichever comes
};

class Disk {
  public:
    explicit Disk(Random& random);
    ~Disk();
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    [[nodiscard]] std::string vfs() const;
    // Who names no VFS gets this one from now on, for as long as it lives.
    void stand_in_for_the_systems();
    // What a process would read. Nothing where there is no such file.
    [[nodiscard]] std::optional<std::string> bytes(const std::string& path) const;
    [[nodiscard]] std::vector<std::string> files() const;
    [[nodiscard]] std::uint64_t calls(Call call) const;  // so far; kAny: of all kinds
    // Before a call takes effect, with the bytes that it reads or writes. May call freeze(), contents() and fail().
    std::function<void(Call call, std::size_t bytes)> on_call;

    // Faults, until heal(). Several may be set. The `nth` call of that kind from now on fails, and, `lasting`, every
    // later one. A failed sync behaves as Linux does: see contents.h.
    void fail(Call call, std::uint64_t nth = 1, bool lasting = false);
    void heal();
    // Full: a file or the shared memory cannot grow beyond so many bytes in all. Nothing: endless.
    void limit(std::optional<std::uint64_t> bytes);
    [[nodiscard]] std::uint64_t used_bytes() const;
    [[nodiscard]] std::uint64_t free_bytes() const;
    void lie_about_syncs(bool lie);  // they succeed and do nothing
    void read_only(bool on);         // as after a remount: what is open cannot be written any more

    // Death, in this order: freeze, destroy (or leave) the objects of the process, then one of the last two.
    // The n-th modifying call from now on and all calls after it fail and change nothing; a write that is the n-th
    // may have been carried out in part.
    void freeze_after(std::uint64_t nth);
    void freeze();
    [[nodiscard]] bool frozen() const;
    // What was open is dead for ever; locks and shared memory are gone; faults stay.
    void restart_process();       // the page cache is kept
    void cut_power(Shape shape);  // and the page cache is gone

    // A snapshot of everything on it, and the way back (which is a restart_process() as well).
    [[nodiscard]] const Contents& contents() const;
    void put(Contents contents);
    // Flips bits of one byte behind everybody's back.
    void rot(const std::string& path, std::int64_t at, char flip);

    // The rules of storage that a disk can see being broken, in plain words: one connection writes; nobody writes over
    // a read-only one; the database is written only after its log was synced, and the log is begun anew only after
    // the database was. Syncs that lie are nobody's fault.
    [[nodiscard]] const std::vector<std::string>& violations() const;

    // SQLite draws the salts of its logs from one generator of the process. Makes that replayable as well.
    static void seed_sqlite(std::uint32_t seed);

    class Machine;  // what the VFS works on

  private:
    std::unique_ptr<Machine> machine_;
};

}  // namespace tillkeeper::disk
