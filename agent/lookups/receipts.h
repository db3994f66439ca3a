// The collection `transactions`: the store's own journal, by id or by receipt, with what has come back since.
//
// A record is the transaction as its till handed it over, with `voided`, and in each line `returned`: how much of it
// later returns and exchanges brought back. Beside it stands where it is. Quarantined ones are found too: the customer
// has the receipt.
// Thread: the reader's.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/lookups/answer.h"
#include "agent/lookups/request.h"
#include "storage/journal_reader.h"
#include "sync/destination.h"

namespace tillkeeper::agent {

inline constexpr std::string_view kTransactionsCollection = "transactions";

class Receipts {
  public:
    // Both outlive it.
    Receipts(storage::JournalReader& journal, const std::vector<sync::DestinationConfig>& destinations)
        : journal_(journal), destinations_(destinations) {}

    // By the key, the field "id" or the field "receipt".
    [[nodiscard]] static bool searchable(const LookupRequest& request);
    // Newest first. The journal knows all of itself: what it does not find is not there. kLimit: so much refers to it
    // that reading it all would hold up the loop.
    [[nodiscard]] Result<LookupResult> find(const LookupRequest& request, WallTime now);

  private:
    [[nodiscard]] Result<std::string> record_of(const storage::Entry& entry);
    [[nodiscard]] Result<bool> voided(const std::string& transaction_id);

    [[nodiscard]] Result<std::vector<storage::Entry>> referring_to(const std::string& transaction_id);

    storage::JournalReader& journal_;
    const std::vector<sync::DestinationConfig>& destinations_;
    int reads_left_ = 0;  // entries that refer to what is asked for, in one look-up
};

// What came back of a transaction's lines. `returns`: later returns and exchanges that refer to it. Counted per article
// (`sku`), into its lines in their order, the last one taking what is too much. Pure.
[[nodiscard]] std::string with_returned(std::string_view transaction, std::span<const std::string> returns,
                                        bool voided);

}  // namespace tillkeeper::agent
