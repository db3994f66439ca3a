// Journal: the store's append-only log, and the only connection in the whole system that writes or checkpoints.
//
// Everything returned as success was committed AND synced (WAL, synchronous=FULL). [storage-1]
// After kIo or kCorrupt the journal is unusable until recover() succeeds. [storage-8]
// Ownership: the caller owns it. Thread: one thread only, the journal thread; blocks on the disk.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "platform/device.h"
#include "platform/result.h"
#include "storage/progress.h"

namespace tillkeeper::storage {

class SlicedWork;

[[nodiscard]] int schema_version();  // the newest form of the file that we know: the number of migrations

// Above WriterOptions::wal_idle_bytes.
inline constexpr std::int64_t kWalRoomBytes = 1536 * 1024;

struct JournalOptions {
    std::string folder;                           // created if missing, mode 0700; holds journal.db, ballast, lock
    std::string key;                              // 32 bytes to seal bodies with, or "" for none
    std::vector<std::string> older_keys = {};     // only open what was sealed before
    std::uint64_t ballast_bytes = 256 * 1024;     // set free on a full disk, taken back when there is room
    const Device* device = nullptr;               // tells how much room there is; without it no ballast is kept
    std::int64_t wal_room_bytes = kWalRoomBytes;  // kept for the write-ahead log, see wal_room.h
    std::string vfs;                              // the SQLite VFS for all files in `folder`; "" for the system's
};

// How long entries stay. What arrived since this boot is as old as the monotonic clock says, all else as the wall
// clock says.
struct Retention {
    Duration keep;
    WallTime now;
    MonotonicTime since_boot = {};
};

class Journal {
  public:
    // Opens or creates, proves by a TRUNCATE checkpoint that the disk takes writes, and migrates; the time does not
    // depend on the backlog. kUnavailable: another process has it. kTooNew: a newer program wrote it. kCorrupt: not a
    // journal, or sealed with another key. On a full disk it opens all the same, and commit() tries the proof again.
    [[nodiscard]] static Result<std::unique_ptr<Journal>> open(JournalOptions options);
    virtual ~Journal() = default;

    // One transaction, one sync: all of it or nothing. Receipts stand in the order of `entries`; a repeated
    // transaction id within one call is recognised as well. `progress` may be empty, and so may `entries`.
    // An entry whose id was used before with other content is stored as kQuarantined, whatever its kind was.
    // An entry whose spends cannot be had is kOverspent and not stored; the others of the call are [storage-13].
    // kInvalid, kLimit: an entry has no id, a kind that tills do not hand over, more than 1 MiB, or spends that cannot
    // be (see pots.h); nothing was stored.
    // kStorageFull: nothing was stored; the ballast was set free, so that a call with `progress` alone works.
    [[nodiscard]] virtual Result<std::vector<Receipt>> commit(std::span<const NewEntry> entries,
                                                              std::span<const Progress> progress) = 0;

    // Records who, when, why in the chain and carries it out, in one transaction. Returns the number of the entry
    // that was written. kNotFound: nothing is held there.
    [[nodiscard]] virtual Result<JournalNumber> decide(const Decision& decision) = 0;

    // Makes sure that each of these destinations has a cursor (a new one starts before the oldest entry).
    [[nodiscard]] virtual Result<void> register_destinations(std::span<const std::string> names) = 0;

    // Removes up to `rows_max` of the oldest entries that are older than that, that every cursor has passed and that
    // nobody holds. Returns how many went.
    [[nodiscard]] virtual Result<std::int64_t> prune(const Retention& retention, std::int64_t rows_max) = 0;

    // Remembers for a boot what time it really was: JournalReader::clock_offset tells. The latest sight counts.
    // Entries never change.
    [[nodiscard]] virtual Result<void> note_clock(const ClockSight& sight) = 0;

    // One slice of long work. False: it is done.
    [[nodiscard]] virtual Result<bool> slice(SlicedWork& work) = 0;

    // Moves the write-ahead log into the database as far as no reader needs it. Never waits for readers.
    [[nodiscard]] virtual Result<void> checkpoint() = 0;
    [[nodiscard]] virtual std::uint64_t wal_bytes() const = 0;

    // After kIo: closes, opens again, and succeeds only after wal_checkpoint(TRUNCATE) did. What the failed call
    // wanted to write may or may not be there; handing it over again is safe: what is there is answered once as if it
    // was new, since nobody was told of it, and as kDuplicate from then on.
    [[nodiscard]] virtual Result<void> recover() = 0;

    // Takes the ballast back. kStorageFull: the disk has no room for it yet. Any other error: the disk has another
    // fault, which the next commit will tell of if it matters.
    [[nodiscard]] virtual Result<void> restore_ballast() = 0;
};

}  // namespace tillkeeper::storage
