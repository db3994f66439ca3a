#include "storage/mirrors/collection_rows.h"

#include "storage/mirrors/mirror_file.h"
#include "storage/mirrors/sql.h"

namespace tillkeeper::storage {
namespace {

constexpr std::size_t kNameBytesMax = 64;

std::optional<std::int64_t> optional_integer(const Statement& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return row.integer(column);
}

RunRow run_of(const Statement& row) {
    RunRow found;
    found.collection = row.integer(0);
    found.run = row.integer(1);
    found.full = row.integer(2) != 0;
    found.page = row.bytes(3);
    found.started = row.integer(4);
    found.delivered = row.integer(5);
    found.first = row.integer(6);
    found.records = row.integer(7);
    found.spilled = row.integer(8);
    found.spills = row.integer(9);
    found.merged = row.integer(10);
    return found;
}

}  // namespace

CollectionRow collection_of(const Statement& row) {
    CollectionRow found;
    found.id = row.integer(0);
    found.layer = row.integer(1);
    found.visible = row.integer(2);
    found.as_of = optional_integer(row, 3);
    found.complete = row.integer(4) != 0;
    found.cursor = row.bytes(5);
    found.validator = row.bytes(6);
    found.delivered = row.integer(7);
    found.records = row.integer(8);
    found.live_records = row.integer(9);
    found.live_from = row.integer(10);
    return found;
}

MirrorState CollectionRow::state() const {
    MirrorState state;
    if (as_of) state.as_of = WallTime(Duration(*as_of));
    state.complete = complete;
    state.cursor = cursor;
    state.validator = validator;
    state.delivered = delivered;
    state.records = as_of ? records : live_records;
    return state;
}

Result<std::optional<CollectionRow>> find_collection(Connection& connection, std::string_view name) {
    return first_row<CollectionRow>(connection,
                                    "SELECT id, layer, visible, as_of, complete, cursor, validator, delivered, records,"
                                    " live_records, live_from FROM collections WHERE name = ?1",
                                    collection_of, name);
}

Result<CollectionRow> ensure_collection(Connection& connection, std::string_view name) {
    auto found = find_collection(connection, name);
    if (!found) return std::unexpected(std::move(found.error()));
    if (*found) return std::move(**found);
    if (name.empty() || name.size() > kNameBytesMax)
        return fail(ErrorCode::kInvalid, "mirrors: not a collection's name");
    auto id = next_number(connection);
    if (!id) return std::unexpected(std::move(id.error()));
    auto layer = next_number(connection);
    if (!layer) return std::unexpected(std::move(layer.error()));
    auto done = run_sql(connection, "INSERT INTO collections VALUES (?1, ?2, ?3, ?3, NULL, 0, '', '', 0, 0, 0, 0)", *id,
                        name, *layer);
    if (!done) return std::unexpected(std::move(done.error()));
    return CollectionRow{.id = *id, .layer = *layer, .visible = *layer};
}

Result<void> write_collection(Connection& connection, const CollectionRow& row) {
    return run_sql(connection,
                   "UPDATE collections SET layer = ?2, visible = ?3, as_of = ?4, complete = ?5, cursor = ?6,"
                   " validator = ?7, delivered = ?8, records = ?9, live_records = ?10, live_from = ?11 WHERE id = ?1",
                   row.id, row.layer, row.visible, row.as_of, std::int64_t{row.complete}, std::string_view(row.cursor),
                   std::string_view(row.validator), row.delivered, row.records, row.live_records, row.live_from);
}

Result<std::optional<RunRow>> find_run(Connection& connection, std::int64_t collection) {
    return first_row<RunRow>(connection,
                             "SELECT collection, run, full, page, started, delivered, first, records, spilled, spills,"
                             " merged FROM runs WHERE collection = ?1",
                             run_of, collection);
}

Result<void> write_run(Connection& connection, const RunRow& row) {
    return run_sql(connection, "INSERT OR REPLACE INTO runs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                   row.collection, row.run, std::int64_t{row.full}, std::string_view(row.page), row.started,
                   row.delivered, row.first, row.records, row.spilled, row.spills, row.merged);
}

Result<void> remove_run(Connection& connection, std::int64_t collection) {
    return run_sql(connection, "DELETE FROM runs WHERE collection = ?1", collection);
}

}  // namespace tillkeeper::storage
