// All that one statement, and so one moment, tells of a hash: the collection, its records, what this store moved of
// each, and whether a record stands alone, as nearly all do: no other version of it, no live answer, no run that was
// given up.
#pragma once

#include <string_view>
#include <vector>

#include "storage/mirrors/collection_rows.h"
#include "storage/mirrors/record_rows.h"

namespace tillkeeper::storage {

struct LookedUp {
    struct Found {
        StoredRecord record;
        std::int64_t moved = 0;  // beyond what the collection knows of
        bool alone = false;      // it counts; else shown() tells
    };
    CollectionRow collection;    // id 0: there is none
    std::vector<Found> found{};  // in the collection's layer, the oldest first
    bool answered_live = false;  // live answers have the hash as well

    // Nothing else has to be looked at.
    [[nodiscard]] bool plain() const;
};

// `hash` is of a search key, or `by_key` of a record's key. At most `limit` records.
[[nodiscard]] Result<LookedUp> look_up(Connection& connection, std::string_view collection, std::string_view hash,
                                       bool by_key, std::int64_t limit);

}  // namespace tillkeeper::storage
