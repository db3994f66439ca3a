// Making the indexes of the entries anew. They hold nothing that the entries do not hold, so that damage to one of
// them costs time and nothing else. [storage-8]
// Thread: the journal thread.
#pragma once

#include "storage/sqlite.h"

namespace tillkeeper::storage {

// In one transaction; takes as long as reading every entry. The damaged pages are not read: they stay in the file,
// unused. Statements over the entries are to be prepared again. kCorrupt: an entry's page is damaged as well.
[[nodiscard]] Result<void> remake_indexes(Connection& connection);

}  // namespace tillkeeper::storage
