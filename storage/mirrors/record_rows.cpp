#include "storage/mirrors/record_rows.h"

#include <algorithm>

#include "storage/mirrors/sql.h"

namespace tillkeeper::storage {
namespace {

StoredRecord whole_record(const Statement& row) {
    return record_of(row, 0);
}

// Hash by hash, with the space it belongs to.
template <typename Do>
Result<void> each_hash(const StoredRecord& record, Do act) {
    const std::string_view hashes = record.hashes;
    for (std::size_t at = 0; at + kMirrorHashBytes <= hashes.size(); at += kMirrorHashBytes) {
        const std::int64_t space = 2 * record.layer + (at == 0 ? 0 : 1);
        if (auto done = act(space, hashes.substr(at, kMirrorHashBytes)); !done) return done;
    }
    return {};
}

std::string hashes_of(const MirrorCodec& codec, std::string_view collection, const MirrorRow& row) {
    std::string hashes = codec.hash(collection, "", row.key);
    if (row.body.empty()) return hashes;
    std::vector<std::string> search;
    for (const auto& one : row.search) search.push_back(codec.hash(collection, one.field, one.value));
    std::ranges::sort(search);
    search.erase(std::ranges::unique(search).begin(), search.end());
    for (const auto& one : search) hashes += one;
    return hashes;
}

}  // namespace

StoredRecord record_of(const Statement& row, int first) {
    StoredRecord record;
    record.id = row.integer(first);
    record.layer = row.integer(first + 1);
    record.run = row.integer(first + 2);
    if (!row.is_null(first + 3)) record.as_of = row.integer(first + 3);
    record.hashes = row.bytes(first + 4);
    record.body = row.bytes(first + 5);
    return record;
}

Result<void> check_row(const MirrorRow& row) {
    if (row.key.empty()) return fail(ErrorCode::kInvalid, "mirrors: a record has no key");
    if (row.key.size() > kMirrorKeyBytesMax) return fail(ErrorCode::kLimit, "mirrors: a record's key is too long");
    if (row.body.size() > kMirrorBodyBytesMax) return fail(ErrorCode::kLimit, "mirrors: a record is too long");
    if (row.search.size() > kMirrorSearchKeysMax)
        return fail(ErrorCode::kLimit, "mirrors: a record has too many search keys");
    if (std::ranges::any_of(row.search, [](const auto& one) { return one.field.empty(); }))
        return fail(ErrorCode::kInvalid, "mirrors: a search key has no field");
    return {};
}

Result<StoredRecord> sealed_record(MirrorCodec& codec, std::string_view collection, const MirrorRow& row) {
    StoredRecord record{.hashes = hashes_of(codec, collection, row)};
    if (row.body.empty()) return record;
    std::string content{static_cast<char>(row.key.size() >> 8), static_cast<char>(row.key.size() & 0xff)};
    auto sealed = codec.seal(record.key_hash(), content.append(row.key).append(row.body));
    if (!sealed) return std::unexpected(std::move(sealed.error()));
    record.body = std::move(*sealed);
    return record;
}

Result<OpenedRecord> opened_record(MirrorCodec& codec, const StoredRecord& record) {
    auto content = codec.open(record.key_hash(), record.body);
    if (!content) return std::unexpected(std::move(content.error()));
    const auto byte = [&](std::size_t at) {
        return static_cast<std::size_t>(static_cast<unsigned char>((*content)[at]));
    };
    if (content->size() < 2 || content->size() < 2 + byte(0) * 256 + byte(1))
        return fail(ErrorCode::kCorrupt, "mirrors: a record is cut short");
    const std::size_t key_bytes = byte(0) * 256 + byte(1);
    return OpenedRecord{content->substr(2, key_bytes), content->substr(2 + key_bytes)};
}

Result<std::int64_t> insert_record(Connection& connection, const StoredRecord& record, bool index) {
    auto done = run_sql(connection, "INSERT INTO records (layer, run, as_of, hashes, body) VALUES (?1, ?2, ?3, ?4, ?5)",
                        record.layer, record.run, record.as_of, Blob{record.hashes}, Blob{record.body});
    if (!done) return std::unexpected(std::move(done.error()));
    const std::int64_t id = sqlite3_last_insert_rowid(connection.raw());
    if (!index) return id;
    done = each_hash(record, [&](auto space, auto hash) { return insert_lookup(connection, space, hash, id); });
    if (!done) return std::unexpected(std::move(done.error()));
    return id;
}

Result<void> insert_lookup(Connection& connection, std::int64_t space, std::string_view hash, std::int64_t record) {
    return run_sql(connection, "INSERT OR IGNORE INTO lookup (space, hash, record) VALUES (?1, ?2, ?3)", space,
                   Blob{hash}, record);
}

Result<std::optional<StoredRecord>> read_record(Connection& connection, std::int64_t id) {
    return first_row<StoredRecord>(connection, "SELECT id, layer, run, as_of, hashes, body FROM records WHERE id = ?1",
                                   whole_record, id);
}

Result<std::vector<StoredRecord>> records_found(Connection& connection, std::int64_t layer, std::string_view hash,
                                                std::int64_t limit) {
    return all_rows<StoredRecord>(connection,
                                  "SELECT id, layer, run, as_of, hashes, body FROM lookup JOIN records ON id = record"
                                  " WHERE space = 2 * ?1 + 1 AND hash = ?2 ORDER BY record LIMIT ?3",
                                  whole_record, layer, Blob{hash}, limit);
}

Result<void> remove_record(Connection& connection, std::int64_t id) {
    auto record = read_record(connection, id);
    if (!record) return std::unexpected(std::move(record.error()));
    if (!*record) return {};
    auto done = each_hash(**record, [&](auto space, auto hash) {
        return run_sql(connection, "DELETE FROM lookup WHERE space = ?1 AND hash = ?2 AND record = ?3", space,
                       Blob{hash}, id);
    });
    if (done) done = run_sql(connection, "DELETE FROM overlay WHERE record = ?1", id);
    return done ? run_sql(connection, "DELETE FROM records WHERE id = ?1", id) : done;
}

Result<std::vector<StoredRecord>> versions_of(Connection& connection, std::int64_t layer, std::string_view key_hash) {
    auto records = all_rows<StoredRecord>(connection,
                                          "SELECT id, layer, run, as_of, hashes, body FROM lookup"
                                          " JOIN records ON id = record WHERE space = 2 * ?1 AND hash = ?2"
                                          " AND NOT EXISTS (SELECT 1 FROM aborted WHERE aborted.run = records.run)"
                                          " ORDER BY record DESC",
                                          whole_record, layer, Blob{key_hash});
    if (!records || layer < 0) return records;
    std::vector<StoredRecord> versions;
    for (auto& record : *records) {
        auto done = each_row(
            connection,
            "SELECT run, body FROM overlay WHERE record = ?1"
            " AND NOT EXISTS (SELECT 1 FROM aborted WHERE aborted.run = overlay.run) ORDER BY run DESC",
            [&](const Statement& row) {
                StoredRecord& over = versions.emplace_back(record);
                over.run = row.integer(0);
                over.body = row.bytes(1);
                over.overlaid = true;
            },
            record.id);
        if (!done) return std::unexpected(std::move(done.error()));
        versions.push_back(std::move(record));
    }
    return versions;
}

Result<void> overlay_record(Connection& connection, std::int64_t record, std::int64_t run, std::string_view body) {
    return run_sql(connection, "INSERT OR REPLACE INTO overlay VALUES (?1, ?2, ?3)", record, run, Blob{body});
}

Result<void> remove_version(Connection& connection, const StoredRecord& version) {
    if (!version.overlaid) return remove_record(connection, version.id);
    return run_sql(connection, "DELETE FROM overlay WHERE record = ?1 AND run = ?2", version.id, version.run);
}

Result<std::int64_t> last_record_id(Connection& connection) {
    return number_of(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'records'");
}

}  // namespace tillkeeper::storage
