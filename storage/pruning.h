// Which of the oldest entries may go, and removing them. [storage-8]
// Thread: the journal thread.
#pragma once

#include <string>

#include "storage/entry.h"
#include "storage/open_file.h"

namespace tillkeeper::storage {

// What arrived before it is old.
struct Horizon {
    WallTime now;
    WallTime wall;
    std::string boot_id;  // of its entries the monotonic clock decides alone; "": none
    MonotonicTime monotonic;
};

// In one transaction of its own: removes at most `rows_max` entries of the old end that arrived before the horizon,
// that every cursor has passed and nobody holds; keeps the hash of the last one removed as the anchor of the chain.
// Pots go with the newest entry that drew on them. The newest entry always stays: it knows the next number and hash. An
// entry that arrived while the clock could not be trusted, or later than now, is as old as the next one of which more
// is known.
[[nodiscard]] Result<std::int64_t> prune_entries(OpenFile& file, const Horizon& before, std::int64_t rows_max);

}  // namespace tillkeeper::storage
