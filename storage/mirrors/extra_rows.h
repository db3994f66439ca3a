// What stands in mirrors.db beside the copies: this store's own movements, and look-ups that nobody could answer yet.
#pragma once

#include <string>
#include <vector>

#include "storage/mirror_values.h"
#include "storage/mirrors/mirror_codec.h"
#include "storage/sqlite.h"

namespace tillkeeper::storage {

[[nodiscard]] Result<std::int64_t> sum_of_movements(Connection& connection, std::int64_t collection,
                                                    std::string_view key_hash, JournalNumber after);

// kLimit beyond kDeferredMax.
[[nodiscard]] Result<std::int64_t> insert_deferred(Connection& connection, MirrorCodec& codec,
                                                   const DeferredLookup& lookup);
[[nodiscard]] Result<std::vector<DeferredLookup>> read_deferred(Connection& connection, MirrorCodec& codec,
                                                                std::int64_t after, int limit);
[[nodiscard]] Result<void> remove_deferred(Connection& connection, std::int64_t number);
// Those of the collection whose request has this key in it, as a whole JSON string.
[[nodiscard]] Result<void> remove_deferred_of(Connection& connection, MirrorCodec& codec, const std::string& collection,
                                              const std::string& key);

}  // namespace tillkeeper::storage
