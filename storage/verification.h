// Recomputing the chain. Thread: the reader's.
#pragma once

#include <memory>

#include "storage/entry_rows.h"
#include "storage/journal_reader.h"

namespace tillkeeper::storage {

// See JournalReader::walk_chain. No snapshot is held between two steps; pruning meanwhile is no fault.
[[nodiscard]] Result<std::unique_ptr<ChainWalk>> walk_chain(Connection& connection, EntryRows& rows);

}  // namespace tillkeeper::storage
