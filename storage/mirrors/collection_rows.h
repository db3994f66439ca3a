// What the file knows of each collection, and of the run under way.
#pragma once

#include <optional>
#include <string>

#include "storage/mirror_values.h"
#include "storage/sqlite.h"

namespace tillkeeper::storage {

struct CollectionRow {
    std::int64_t id = 0;
    std::int64_t layer = 0;
    std::int64_t visible = 0;  // the newest run of `layer` that can be seen
    std::optional<std::int64_t> as_of{};
    bool complete = false;
    std::string cursor{}, validator{};
    JournalNumber delivered = 0;
    std::int64_t records = 0;
    std::int64_t live_records = 0;  // live answers that say that there is a record
    std::int64_t live_from = 0;     // older live answers are not shown

    [[nodiscard]] std::int64_t live_layer() const { return -id; }
    [[nodiscard]] MirrorState state() const;
};

struct RunRow {
    std::int64_t collection = 0;
    std::int64_t run = 0;
    bool full = false;
    std::string page{};
    std::int64_t started = 0;
    JournalNumber delivered = 0;
    std::int64_t first = 0;    // no record of it has a lower id
    std::int64_t records = 0;  // full: that it brings; else how many more than before
    std::int64_t spilled = 0;  // records up to here are in `spills`, see bulk_index.h
    std::int64_t spills = 0;
    std::int64_t merged = 0;  // buckets that can be looked up already
};

// The first columns of a row that selects id, layer, visible, as_of, complete, cursor, validator, delivered, records,
// live_records, live_from.
inline constexpr int kCollectionColumns = 11;
[[nodiscard]] CollectionRow collection_of(const Statement& row);
[[nodiscard]] Result<std::optional<CollectionRow>> find_collection(Connection& connection, std::string_view name);
// Makes it where there is none. kInvalid: not a name.
[[nodiscard]] Result<CollectionRow> ensure_collection(Connection& connection, std::string_view name);
[[nodiscard]] Result<void> write_collection(Connection& connection, const CollectionRow& row);
[[nodiscard]] Result<std::optional<RunRow>> find_run(Connection& connection, std::int64_t collection);
[[nodiscard]] Result<void> write_run(Connection& connection, const RunRow& row);
[[nodiscard]] Result<void> remove_run(Connection& connection, std::int64_t collection);

}  // namespace tillkeeper::storage
