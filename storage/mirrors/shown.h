// Which version of a record can be seen, and changes to all of its versions. [storage-11]
#pragma once

#include <optional>

#include "storage/mirrors/collection_rows.h"
#include "storage/mirrors/record_rows.h"

namespace tillkeeper::storage {

// What the runs have brought, as of the last that was finished; a deleted one is nothing.
[[nodiscard]] Result<std::optional<StoredRecord>> brought(Connection& connection, const CollectionRow& collection,
                                                          std::string_view key_hash);
// Whether a live answer counts beside it: not when a run was begun later, for that knows as much.
[[nodiscard]] bool live_counts(const CollectionRow& collection, const StoredRecord& live);
// The one of the two that counts; a deleted one is nothing.
[[nodiscard]] Result<std::optional<StoredRecord>> shown(Connection& connection, const CollectionRow& collection,
                                                        std::string_view key_hash);

// A live answer in the place of the one before.
[[nodiscard]] Result<void> replace_answer(Connection& connection, CollectionRow collection, StoredRecord record,
                                          std::int64_t now);
// Every version of it, those of a run of changes too, and its movements. 1 where it could be seen, else 0.
[[nodiscard]] Result<std::int64_t> erase_record(Connection& connection, CollectionRow collection,
                                                const std::string& key_hash);

}  // namespace tillkeeper::storage
