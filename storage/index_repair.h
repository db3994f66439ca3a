// What is done about damaged pages beside the entries'. [storage-8]
// Thread: the journal thread.
#pragma once

#include "storage/open_file.h"

namespace tillkeeper::storage {

// Damaged pots give nothing more: nobody knows what they have given. Where documents are damaged they are not kept any
// more. The indexes of the entries hold nothing that the entries do not hold: they are made anew. Selling goes on.
[[nodiscard]] Result<void> mend(OpenFile& file);

// In one transaction; takes as long as reading every entry. The damaged pages are not read: they stay in the file,
// unused. Statements over the entries are to be prepared again. kCorrupt: an entry's page is damaged as well.
[[nodiscard]] Result<void> remake_indexes(Connection& connection);

}  // namespace tillkeeper::storage
