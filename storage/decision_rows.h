// A person's decision, carried out in the rows of the journal. Thread: the journal thread.
#pragma once

#include "storage/open_file.h"

namespace tillkeeper::storage {

// Appends the entry that records it after `tail`, which moves, and changes what is held. The transaction is the
// caller's. kNotFound: nothing is held there. kInvalid: it cannot be done, the message says what can.
[[nodiscard]] Result<void> carry_out(const Decision& decision, OpenFile& file, ChainLink& tail);

}  // namespace tillkeeper::storage
