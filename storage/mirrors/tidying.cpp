#include "storage/mirrors/tidying.h"

#include "storage/mirrors/mirror_file.h"
#include "storage/mirrors/record_rows.h"
#include "storage/mirrors/shown.h"
#include "storage/mirrors/sql.h"

namespace tillkeeper::storage {
namespace {

constexpr std::int64_t kRowsInBulk = 1000;   // rows that go without a look at each
constexpr std::int64_t kRowsOneByOne = 200;  // with their look-up
constexpr int kWaitsMax = 500;

enum class Kind : std::int64_t { kLayer, kReplaced, kRun, kAnswers };

struct Chore {
    std::int64_t id = 0;
    Kind kind = Kind::kLayer;
    std::int64_t subject = 0;
    std::int64_t next = 0, last = 0;
    std::string at{};
};

Result<void> add(Connection& connection, Kind kind, std::int64_t subject, std::int64_t next, std::int64_t last) {
    return run_sql(connection, "INSERT INTO chores (kind, subject, next, last, at) VALUES (?1, ?2, ?3, ?4, x'')",
                   static_cast<std::int64_t>(kind), subject, next, last);
}

Result<void> done_with(Connection& connection, const Chore& chore) {
    return run_sql(connection, "DELETE FROM chores WHERE id = ?1", chore.id);
}

Result<void> keep_place(Connection& connection, const Chore& chore) {
    return run_sql(connection, "UPDATE chores SET next = ?2, at = ?3 WHERE id = ?1", chore.id, chore.next,
                   Blob{chore.at});
}

// The last id of the next `rows` records; the chore's last where there are fewer.
Result<std::int64_t> end_of_slice(Connection& connection, const Chore& chore, std::int64_t rows) {
    auto found = number_of(connection, "SELECT id FROM records WHERE id >= ?1 ORDER BY id LIMIT 1 OFFSET ?2",
                           chore.next, rows - 1);
    if (!found || (*found != 0 && *found < chore.last)) return found;
    return chore.last;
}

Result<std::int64_t> changed(Connection& connection, const Result<void>& done) {
    if (!done) return std::unexpected(done.error());
    return sqlite3_changes64(connection.raw());
}

// True: some were there.
Result<bool> clear_space(Connection& connection, std::int64_t space) {
    struct Place {
        std::string hash;
        std::int64_t record = 0;
    };
    auto end = first_row<Place>(
        connection, "SELECT hash, record FROM lookup WHERE space = ?1 ORDER BY hash, record LIMIT 1 OFFSET ?2",
        [](const Statement& row) { return Place{std::string(row.bytes(0)), row.integer(1)}; }, space, kRowsInBulk);
    if (!end) return std::unexpected(std::move(end.error()));
    auto count = changed(
        connection, *end ? run_sql(connection, "DELETE FROM lookup WHERE space = ?1 AND (hash, record) <= (?2, ?3)",
                                   space, Blob{(*end)->hash}, (*end)->record)
                         : run_sql(connection, "DELETE FROM lookup WHERE space = ?1", space));
    if (!count) return std::unexpected(std::move(count.error()));
    return *count > 0;
}

Result<bool> clear_spills(Connection& connection, std::int64_t run) {
    auto count = changed(connection, run_sql(connection,
                                             "DELETE FROM spills WHERE run = ?1 AND bucket ="
                                             " (SELECT bucket FROM spills WHERE run = ?1 ORDER BY bucket LIMIT 1)",
                                             run));
    if (!count) return std::unexpected(std::move(count.error()));
    return *count > 0;
}

Result<bool> clear_stale(Connection& connection, std::int64_t run) {
    auto count = changed(connection, run_sql(connection,
                                             "DELETE FROM stale WHERE run = ?1 AND record IN"
                                             " (SELECT record FROM stale WHERE run = ?1 ORDER BY record LIMIT ?2)",
                                             run, kRowsInBulk));
    if (!count) return std::unexpected(std::move(count.error()));
    return *count > 0;
}

Result<bool> clear_overlay(Connection& connection, std::int64_t run) {
    auto count = changed(connection, run_sql(connection,
                                             "DELETE FROM overlay WHERE run = ?1 AND record IN"
                                             " (SELECT record FROM overlay WHERE run = ?1 ORDER BY record LIMIT ?2)",
                                             run, kRowsInBulk));
    if (!count) return std::unexpected(std::move(count.error()));
    return *count > 0;
}

Result<void> layer_slice(Connection& connection, Chore& chore) {
    for (const std::int64_t space : {2 * chore.subject, 2 * chore.subject + 1}) {
        auto more = clear_space(connection, space);
        if (!more) return std::unexpected(std::move(more.error()));
        if (*more) return {};
    }
    for (auto clear : {clear_spills, clear_stale}) {
        auto more = clear(connection, chore.subject);
        if (!more) return std::unexpected(std::move(more.error()));
        if (*more) return {};
    }
    auto end = end_of_slice(connection, chore, kRowsInBulk);
    if (!end) return std::unexpected(std::move(end.error()));
    auto gone = run_sql(connection,
                        "DELETE FROM overlay WHERE record BETWEEN ?1 AND ?2 AND"
                        " record IN (SELECT id FROM records WHERE id BETWEEN ?1 AND ?2 AND layer = ?3)",
                        chore.next, *end, chore.subject);
    if (gone)
        gone = run_sql(connection, "DELETE FROM records WHERE id BETWEEN ?1 AND ?2 AND layer = ?3", chore.next, *end,
                       chore.subject);
    if (!gone) return gone;
    if (*end >= chore.last) return done_with(connection, chore);
    chore.next = *end + 1;
    return keep_place(connection, chore);
}

// What lies over records becomes theirs. True: there was some.
Result<bool> settle_overlay(Connection& connection, Chore& chore) {
    auto records = all_rows<std::int64_t>(
        connection, "SELECT record FROM overlay WHERE record > ?1 AND run = ?2 ORDER BY record LIMIT ?3",
        [](const Statement& row) { return row.integer(0); }, chore.next, chore.subject, kRowsOneByOne);
    if (!records) return std::unexpected(std::move(records.error()));
    if (records->empty()) return false;
    const auto span = [&](std::string_view sql) {
        return run_sql(connection, sql, chore.subject, chore.next, records->back());
    };
    auto done = span(
        "UPDATE records SET run = ?1, body = (SELECT body FROM overlay WHERE record = id AND run = ?1) WHERE id IN"
        " (SELECT record FROM overlay WHERE record > ?2 AND record <= ?3 AND run = ?1)");
    if (done) done = span("DELETE FROM overlay WHERE run = ?1 AND record > ?2 AND record <= ?3");
    chore.next = records->back();
    if (done) done = keep_place(connection, chore);
    if (!done) return std::unexpected(std::move(done.error()));
    return true;
}

// Oldest first: a deletion must not go before what it hides.
Result<void> replaced_slice(Connection& connection, Chore& chore) {
    auto settled = settle_overlay(connection, chore);
    if (!settled) return std::unexpected(std::move(settled.error()));
    if (*settled) return {};
    auto records = all_rows<std::int64_t>(
        connection, "SELECT record FROM stale WHERE run = ?1 ORDER BY record LIMIT ?2",
        [](const Statement& row) { return row.integer(0); }, chore.subject, kRowsOneByOne);
    if (!records) return std::unexpected(std::move(records.error()));
    if (records->empty()) return done_with(connection, chore);
    for (const auto record : *records)
        if (auto done = remove_record(connection, record); !done) return done;
    return run_sql(connection, "DELETE FROM stale WHERE run = ?1 AND record <= ?2", chore.subject, records->back());
}

Result<void> run_slice(Connection& connection, Chore& chore) {
    for (auto clear : {clear_stale, clear_overlay}) {
        auto more = clear(connection, chore.subject);
        if (!more) return std::unexpected(std::move(more.error()));
        if (*more) return {};
    }
    auto end = end_of_slice(connection, chore, kRowsOneByOne);
    if (!end) return std::unexpected(std::move(end.error()));
    auto records = all_rows<std::int64_t>(
        connection, "SELECT id FROM records WHERE id BETWEEN ?1 AND ?2 AND run = ?3",
        [](const Statement& row) { return row.integer(0); }, chore.next, *end, chore.subject);
    if (!records) return std::unexpected(std::move(records.error()));
    for (const auto record : *records)
        if (auto done = remove_record(connection, record); !done) return done;
    chore.next = *end + 1;
    if (*end < chore.last) return keep_place(connection, chore);
    auto done = run_sql(connection, "DELETE FROM aborted WHERE run = ?1", chore.subject);
    return done ? done_with(connection, chore) : done;
}

Result<std::optional<CollectionRow>> collection_by_id(Connection& connection, std::int64_t id) {
    auto name = first_row<std::string>(
        connection, "SELECT name FROM collections WHERE id = ?1",
        [](const Statement& row) { return std::string(row.bytes(0)); }, id);
    if (!name) return std::unexpected(std::move(name.error()));
    if (!*name) return std::optional<CollectionRow>();
    return find_collection(connection, **name);
}

Result<void> drop_answer(Connection& connection, CollectionRow& collection, std::int64_t id) {
    auto live = read_record(connection, id);
    if (!live) return std::unexpected(std::move(live.error()));
    if (!*live) return {};
    if (live_counts(collection, **live)) return {};
    if ((*live)->present()) --collection.live_records;
    return remove_record(connection, id);
}

Result<void> answers_slice(Connection& connection, Chore& chore) {
    auto collection = collection_by_id(connection, chore.subject);
    if (!collection) return std::unexpected(std::move(collection.error()));
    if (!*collection) return done_with(connection, chore);
    std::string last;
    auto records = all_rows<std::int64_t>(
        connection, "SELECT record, hash FROM lookup WHERE space = ?1 AND hash > ?2 ORDER BY hash LIMIT ?3",
        [&](const Statement& row) {
            last = row.bytes(1);
            return row.integer(0);
        },
        2 * (*collection)->live_layer(), Blob{chore.at}, kRowsOneByOne);
    if (!records) return std::unexpected(std::move(records.error()));
    if (records->empty()) return done_with(connection, chore);
    for (const auto record : *records)
        if (auto done = drop_answer(connection, **collection, record); !done) return done;
    chore.at = last;
    auto done = keep_place(connection, chore);
    return done ? write_collection(connection, **collection) : done;
}

}  // namespace

Result<void> forget_layer(Connection& connection, std::int64_t layer, std::int64_t first_record) {
    auto last = last_record_id(connection);
    if (!last) return std::unexpected(std::move(last.error()));
    return add(connection, Kind::kLayer, layer, first_record, *last);
}

Result<void> forget_run(Connection& connection, const RunRow& run) {
    if (auto gone = remove_run(connection, run.collection); !gone) return gone;
    if (run.full) return forget_layer(connection, run.run, run.first);
    auto last = last_record_id(connection);
    if (!last) return std::unexpected(std::move(last.error()));
    auto done = run_sql(connection, "INSERT INTO aborted VALUES (?1)", run.run);
    return done ? add(connection, Kind::kRun, run.run, run.first, *last) : done;
}

Result<void> forget_replaced(Connection& connection, std::int64_t run) {
    return add(connection, Kind::kReplaced, run, 0, 0);
}

Result<void> forget_old_answers(Connection& connection, std::int64_t collection) {
    return add(connection, Kind::kAnswers, collection, 0, 0);
}

Result<bool> do_chore(Connection& connection) {
    auto chore = first_row<Chore>(
        connection, "SELECT id, kind, subject, next, last, at FROM chores ORDER BY id LIMIT 1",
        [](const Statement& row) {
            return Chore{row.integer(0), static_cast<Kind>(row.integer(1)), row.integer(2), row.integer(3),
                         row.integer(4), std::string(row.bytes(5))};
        });
    if (!chore) return std::unexpected(std::move(chore.error()));
    if (!*chore) return false;
    Result<void> done;
    switch ((*chore)->kind) {
        case Kind::kLayer:
            done = layer_slice(connection, **chore);
            break;
        case Kind::kReplaced:
            done = replaced_slice(connection, **chore);
            break;
        case Kind::kRun:
            done = run_slice(connection, **chore);
            break;
        case Kind::kAnswers:
            done = answers_slice(connection, **chore);
            break;
    }
    if (!done) return std::unexpected(std::move(done.error()));
    return true;
}

void MirrorScrub::begin_anew() {
    scrub_ = PageScrub(kMirrorPageBytes);
    pages_done_ = false;
    waited_ = 0;
}

Result<bool> MirrorScrub::slice(OpenFile& file) {
    auto moved = file.checkpoint(pages_done_ ? Checkpoint::kTruncate : Checkpoint::kPassive);
    if (!moved && moved.error().code == ErrorCode::kUnavailable) return wait_for_readers();
    if (!moved) return std::unexpected(std::move(moved.error()));
    if (file.wal_frames != 0) return wait_for_readers();
    if (pages_done_) {
        auto cleared = run_sql(file.connection, "DELETE FROM meta WHERE key = 'scrub_due'");
        if (!cleared) return std::unexpected(std::move(cleared.error()));
        return false;
    }
    auto more = scrub_.slice(file.connection);
    if (!more) return more;
    pages_done_ = !*more;
    return true;
}

Result<bool> MirrorScrub::wait_for_readers() {
    if (++waited_ < kWaitsMax) return true;
    waited_ = 0;
    return fail(ErrorCode::kUnavailable, "mirrors: another program reads them, so that their log cannot be emptied");
}

}  // namespace tillkeeper::storage
