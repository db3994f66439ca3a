#include "storage/mirrors/shown.h"

#include <algorithm>

#include "storage/mirrors/sql.h"

namespace tillkeeper::storage {
namespace {

Result<void> remove_versions(Connection& connection, const std::vector<StoredRecord>& versions) {
    for (const auto& version : versions)
        if (auto done = remove_record(connection, version.id); !done) return done;
    return {};
}

// How many more the run brings than could be seen before, without this record.
Result<void> leave_out_of_run(Connection& connection, const CollectionRow& collection,
                              const std::vector<StoredRecord>& versions, bool was_there) {
    auto run = find_run(connection, collection.id);
    if (!run) return std::unexpected(std::move(run.error()));
    if (!*run || versions.empty() || versions.front().run != (*run)->run) return {};
    (*run)->records -= (versions.front().present() ? 1 : 0) - (was_there ? 1 : 0);
    return write_run(connection, **run);
}

}  // namespace

Result<std::optional<StoredRecord>> brought(Connection& connection, const CollectionRow& collection,
                                            std::string_view key_hash) {
    auto versions = versions_of(connection, collection.layer, key_hash);
    if (!versions) return std::unexpected(std::move(versions.error()));
    for (auto& version : *versions) {
        if (version.run > collection.visible) continue;
        if (!version.present()) return std::optional<StoredRecord>();
        return std::optional(std::move(version));
    }
    return std::optional<StoredRecord>();
}

bool live_counts(const CollectionRow& collection, const StoredRecord& live) {
    return live.as_of.value_or(0) >= std::max(collection.live_from, collection.as_of.value_or(collection.live_from));
}

Result<std::optional<StoredRecord>> shown(Connection& connection, const CollectionRow& collection,
                                          std::string_view key_hash) {
    auto base = brought(connection, collection, key_hash);
    if (!base) return base;
    auto live = versions_of(connection, collection.live_layer(), key_hash);
    if (!live) return std::unexpected(std::move(live.error()));
    if (live->empty() || !live_counts(collection, live->front())) return base;
    if (!live->front().present()) return std::optional<StoredRecord>();
    return std::optional(std::move(live->front()));
}

Result<void> replace_answer(Connection& connection, CollectionRow collection, StoredRecord record, std::int64_t now) {
    auto before = versions_of(connection, collection.live_layer(), record.key_hash());
    if (!before) return std::unexpected(std::move(before.error()));
    if (auto done = remove_versions(connection, *before); !done) return done;
    const bool was_there = !before->empty() && before->front().present();
    collection.live_records += (record.present() ? 1 : 0) - (was_there ? 1 : 0);
    record.layer = collection.live_layer();
    record.as_of = now;
    auto id = insert_record(connection, record, true);
    if (!id) return std::unexpected(std::move(id.error()));
    return write_collection(connection, collection);
}

Result<std::int64_t> erase_record(Connection& connection, CollectionRow collection, const std::string& key_hash) {
    auto visible = shown(connection, collection, key_hash);
    if (!visible) return std::unexpected(std::move(visible.error()));
    auto base = brought(connection, collection, key_hash);
    if (!base) return std::unexpected(std::move(base.error()));
    auto versions = versions_of(connection, collection.layer, key_hash);
    if (!versions) return std::unexpected(std::move(versions.error()));
    auto live = versions_of(connection, collection.live_layer(), key_hash);
    if (!live) return std::unexpected(std::move(live.error()));
    auto done = leave_out_of_run(connection, collection, *versions, base->has_value());
    if (done) done = remove_versions(connection, *versions);
    if (done) done = remove_versions(connection, *live);
    if (base->has_value()) --collection.records;
    if (!live->empty() && live->front().present()) --collection.live_records;
    if (done) done = write_collection(connection, collection);
    if (done)
        done = run_sql(connection, "DELETE FROM movements WHERE collection = ?1 AND key = ?2", collection.id,
                       Blob{key_hash});
    if (!done) return std::unexpected(std::move(done.error()));
    return visible->has_value() ? 1 : 0;
}

}  // namespace tillkeeper::storage
