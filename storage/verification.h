// Recomputing the chain. Thread: the reader's.
#pragma once

#include <functional>

#include "storage/entry_rows.h"
#include "storage/journal_reader.h"

namespace tillkeeper::storage {

// See JournalReader::verify. Reads in slices, so that no snapshot is held for long; pruning meanwhile is no fault.
[[nodiscard]] Result<Verification> verify_chain(Connection& connection, EntryRows& rows,
                                                const std::function<void(std::int64_t, std::int64_t)>& progress);

}  // namespace tillkeeper::storage
