// What the page shows of the journal. Nothing of a transaction's body is read. Thread: the reader's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/page/facts.h"
#include "agent/tills/till_register.h"
#include "storage/journal_reader.h"
#include "sync/destination.h"

namespace tillkeeper::agent {

inline constexpr std::size_t kReceiptBytesMax = 64;

// Everything held or quarantined, the oldest first, as much as a page shows. Empty where the journal cannot be read.
[[nodiscard]] std::vector<WaitingRow> waiting_rows(storage::JournalReader& reader);

// Where the receipt (or transaction id) is; for those destinations.
[[nodiscard]] ReceiptAnswer look_up_receipt(storage::JournalReader& reader, std::string_view query,
                                            const std::vector<sync::DestinationConfig>& destinations);

// All tills that the journal or the bus knows, by name.
[[nodiscard]] std::vector<TillRow> till_rows(const TillRegister& known, const SeenTills& seen);

}  // namespace tillkeeper::agent
