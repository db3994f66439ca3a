// Room for the write-ahead log, made before it is needed: overwriting blocks that exist lets fdatasync skip the file
// system's own journal, which costs more than the sale. See README.md, "Flash".
#pragma once

#include "storage/sqlite.h"

namespace tillkeeper::storage {

// Right after a TRUNCATE checkpoint: fills the empty log's file with zeros, which SQLite reads as "no frames", and
// syncs it. On a full disk the log grows as it goes; that is no error. kIo: a write or the sync failed.
[[nodiscard]] Result<void> make_wal_room(Connection& connection, std::int64_t bytes);

}  // namespace tillkeeper::storage
