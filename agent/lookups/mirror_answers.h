// Answers look-ups from what the store has: the mirrors and its own journal.
//
// not_found is said only by a copy that is complete and fresh; else what is not there is unknown [agent-15]. On top of
// a record of `stock` (quantity) and `members` (points) goes what this store itself moved since the cloud last heard
// of it; a record of `orders` says whether it was handed out here.
// Ownership: everything passed in outlives it. Thread: the readers'.
#pragma once

#include <string>
#include <vector>

#include "agent/lookups/answer.h"
#include "agent/lookups/request.h"
#include "storage/journal_reader.h"
#include "storage/mirror_reader.h"
#include "sync/source.h"

namespace tillkeeper::agent {

inline constexpr std::string_view kMembersCollection = "members";
inline constexpr std::string_view kPricesCollection = "prices";
inline constexpr std::string_view kStockCollection = "stock";
inline constexpr std::string_view kOrdersCollection = "orders";

// Whether the configured collection can be asked so.
[[nodiscard]] bool searchable(const sync::SourceConfig& collection, const LookupRequest& request);
// Whether the cloud itself can be asked so: not for beginnings, and not which of several prices holds.
[[nodiscard]] bool can_ask_live(const sync::SourceConfig& collection, const LookupRequest& request);

class MirrorAnswers {
  public:
    MirrorAnswers(storage::MirrorReader& mirrors, storage::JournalReader& journal)
        : mirrors_(mirrors), journal_(journal) {}

    [[nodiscard]] Result<LookupResult> answer(const sync::SourceConfig& collection, const LookupRequest& request,
                                              WallTime now);
    // What the cloud itself said; `delivered`: what it had of the journal when it was asked.
    [[nodiscard]] Result<LookupResult> live(const sync::SourceConfig& collection, const std::string& key,
                                            const std::string& record, storage::JournalNumber delivered, WallTime now);

  private:
    [[nodiscard]] Result<storage::MirrorAnswer> look_up(const sync::SourceConfig& collection,
                                                        const LookupRequest& request);
    // The record with what this store knows better. Movements of stock are counted in thousandths, points whole.
    [[nodiscard]] Result<std::string> own(const sync::SourceConfig& collection, const std::string& key,
                                          std::string record, std::int64_t moved);
    [[nodiscard]] static std::string taken_off(const sync::SourceConfig& collection, std::string record,
                                               std::int64_t moved);
    [[nodiscard]] Result<bool> handed_out(const std::string& order);

    storage::MirrorReader& mirrors_;
    storage::JournalReader& journal_;
};

}  // namespace tillkeeper::agent
