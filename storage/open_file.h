// OpenFile: the journal's one writing connection with its statements; recover() makes it anew as a whole.
#pragma once

#include <cstdint>
#include <optional>

#include "storage/entry_rows.h"
#include "storage/progress_rows.h"
#include "storage/sqlite.h"

namespace tillkeeper::storage {

enum class Checkpoint : std::uint8_t { kPassive, kTruncate };

struct OpenFile {
    explicit OpenFile(Connection opened) : connection(std::move(opened)) {}

    // From now on `wal_frames` follows each commit. The object must not move afterwards.
    void count_frames();
    // kTruncate syncs the database even where the log is empty, see page_scrub.h.
    [[nodiscard]] Result<void> checkpoint(Checkpoint mode);
    [[nodiscard]] Result<void> sync_database();
    // What was committed without a sync is on the disk afterwards.
    [[nodiscard]] Result<void> sync_log();

    Connection connection;
    std::optional<EntryRows> entries;
    std::optional<ProgressRows> progress;
    int wal_frames = 0;
    bool pots_whole = true;
    bool documents_whole = true;
    bool proven = false;  // a TRUNCATE checkpoint succeeded: the disk holds what we read
};

// WAL, synchronous=FULL, no checkpoint but our own; kIo or kInternal when SQLite does not obey. [storage-1]
[[nodiscard]] Result<void> prepare_connection(Connection& connection);

}  // namespace tillkeeper::storage
