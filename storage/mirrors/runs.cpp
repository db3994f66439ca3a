#include "storage/mirrors/runs.h"

#include <algorithm>

#include "storage/mirrors/mirror_file.h"
#include "storage/mirrors/sql.h"
#include "storage/mirrors/tidying.h"

namespace tillkeeper::storage {

Result<void> Runs::begin(const std::string& collection, const MirrorRun& run) {
    auto row = ensure_collection(*connection_, collection);
    if (!row) return std::unexpected(std::move(row.error()));
    if (auto gone = give_up(row->id); !gone) return gone;
    auto number = next_number(*connection_);
    if (!number) return std::unexpected(std::move(number.error()));
    auto last = last_record_id(*connection_);
    if (!last) return std::unexpected(std::move(last.error()));
    return write_run(*connection_, {.collection = row->id,
                                    .run = *number,
                                    .full = run.full,
                                    .page = run.page,
                                    .started = run.started.time_since_epoch().count(),
                                    .delivered = run.delivered,
                                    .first = *last + 1,
                                    .spilled = *last});
}

Result<void> Runs::give_up(std::int64_t collection) {
    auto run = find_run(*connection_, collection);
    if (!run) return std::unexpected(std::move(run.error()));
    if (!*run) return {};
    bulk_.forget();
    return forget_run(*connection_, **run);
}

Result<Runs::Both> Runs::under_way(const std::string& collection) {
    auto row = find_collection(*connection_, collection);
    if (!row) return std::unexpected(std::move(row.error()));
    auto run = *row ? find_run(*connection_, (*row)->id) : std::optional<RunRow>();
    if (!run) return std::unexpected(std::move(run.error()));
    if (!*run) return fail(ErrorCode::kNotFound, "mirrors: no run of " + collection + " is under way");
    return Both{std::move(**row), std::move(**run)};
}

Result<void> Runs::apply(const std::string& collection, std::span<const MirrorRow> rows, const std::string& next_page) {
    auto both = under_way(collection);
    if (!both) return std::unexpected(std::move(both.error()));
    if (both->run.merged != 0) return fail(ErrorCode::kNotFound, "mirrors: the run is being finished; begin another");
    for (const auto& row : rows)
        if (auto done = bring(collection, *both, row); !done) return done;
    both->run.page = next_page;
    return write_run(*connection_, both->run);
}

Result<void> Runs::bring(const std::string& name, Both& both, const MirrorRow& row) {
    auto record = sealed_record(*codec_, name, row);
    if (!record) return std::unexpected(std::move(record.error()));
    record->run = both.run.run;
    record->layer = both.run.full ? both.run.run : both.collection.layer;
    if (!both.run.full) return change(both, std::move(*record));
    auto id = insert_record(*connection_, *record, false);
    if (!id) return std::unexpected(std::move(id.error()));
    record->id = *id;
    return bulk_.add(*connection_, both.run, *record);
}

// Upon what is there: the version before goes when the run can be seen.
Result<void> Runs::change(Both& both, StoredRecord record) {
    auto versions = versions_of(*connection_, record.layer, record.key_hash());
    if (!versions) return std::unexpected(std::move(versions.error()));
    const StoredRecord* own = nullptr;
    const StoredRecord* old = nullptr;
    for (const auto& version : *versions) {
        if (version.run == record.run && own == nullptr) own = &version;
        if (version.run <= both.collection.visible && old == nullptr) old = &version;
    }
    const StoredRecord* before = own != nullptr ? own : old;
    both.run.records += (record.present() ? 1 : 0) - (before != nullptr && before->present() ? 1 : 0);
    if (own != nullptr)
        if (auto done = remove_version(*connection_, *own); !done) return done;
    if (old == nullptr && !record.present()) return {};
    if (old != nullptr && record.present() && old->hashes == record.hashes) {
        // An earlier row of this run may have replaced it.
        auto kept = run_sql(*connection_, "DELETE FROM stale WHERE run = ?1 AND record = ?2", both.run.run, old->id);
        return kept ? overlay_record(*connection_, old->id, both.run.run, record.body) : kept;
    }
    auto id = insert_record(*connection_, record, true);
    if (!id) return std::unexpected(std::move(id.error()));
    Result<void> done;
    if (old != nullptr)
        done = run_sql(*connection_, "INSERT OR IGNORE INTO stale VALUES (?1, ?2)", both.run.run, old->id);
    if (done && !record.present())
        done = run_sql(*connection_, "INSERT OR IGNORE INTO stale VALUES (?1, ?2)", both.run.run, *id);
    return done;
}

Result<bool> Runs::settle(const std::string& collection) {
    auto both = under_way(collection);
    if (!both) return std::unexpected(std::move(both.error()));
    if (!both->run.full) return false;
    auto more = bulk_.merge(*connection_, both->run);
    if (!more) return more;
    if (auto done = write_run(*connection_, both->run); !done) return std::unexpected(std::move(done.error()));
    return more;
}

Result<void> Runs::finish(const std::string& collection, const std::string& cursor, const std::string& validator) {
    auto both = under_way(collection);
    if (!both) return std::unexpected(std::move(both.error()));
    CollectionRow& row = both->collection;
    const RunRow& run = both->run;
    const std::int64_t old_layer = row.layer;
    row.visible = run.run;
    row.as_of = run.started;
    row.cursor = cursor;
    row.validator = validator;
    row.delivered = run.delivered;
    row.records = run.full ? run.records : row.records + run.records;
    if (run.full) row.layer = run.run;
    if (run.full) row.complete = true;
    auto done = write_collection(*connection_, row);
    if (done) done = remove_run(*connection_, row.id);
    if (done && run.full) done = forget_layer(*connection_, old_layer, 0);
    if (done) done = forget_replaced(*connection_, run.run);
    if (done) done = forget_old_answers(*connection_, row.id);
    bulk_.forget();
    return done;
}

}  // namespace tillkeeper::storage
