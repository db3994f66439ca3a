#include "storage/mirrors/looked_up.h"

#include <algorithm>

#include "storage/mirrors/sql.h"

namespace tillkeeper::storage {
namespace {

// ?3 is 0 for keys, 1 for search keys; see the table `lookup`. The first columns are those of CollectionRow and
// StoredRecord.
constexpr std::string_view kLookUp =
    "SELECT c.id, c.layer, c.visible, c.as_of, c.complete, c.cursor, c.validator, c.delivered, c.records,"
    " c.live_records, c.live_from, r.id, r.layer, r.run, r.as_of, r.hashes, r.body,"
    " EXISTS (SELECT 1 FROM lookup WHERE space = ?3 - 2 * c.id AND hash = ?2),"
    " r.run > c.visible OR length(r.body) = 0"
    " OR EXISTS (SELECT 1 FROM lookup WHERE space = 2 * c.layer AND hash = substr(r.hashes, 1, ?5) AND record <> r.id)"
    " OR EXISTS (SELECT 1 FROM lookup WHERE space = -2 * c.id AND hash = substr(r.hashes, 1, ?5))"
    " OR EXISTS (SELECT 1 FROM overlay WHERE record = r.id) OR EXISTS (SELECT 1 FROM aborted WHERE run = r.run),"
    " (SELECT sum(amount) FROM movements WHERE collection = c.id AND key = substr(r.hashes, 1, ?5)"
    " AND number > c.delivered)"
    " FROM collections AS c LEFT JOIN lookup AS l ON l.space = 2 * c.layer + ?3 AND l.hash = ?2"
    " LEFT JOIN records AS r ON r.id = l.record WHERE c.name = ?1 ORDER BY l.record LIMIT ?4";
constexpr int kRecord = kCollectionColumns;
constexpr int kLive = kRecord + kRecordColumns;
constexpr int kDoubtful = kLive + 1;
constexpr int kMoved = kLive + 2;

}  // namespace

bool LookedUp::plain() const {
    return !answered_live && std::ranges::all_of(found, &Found::alone);
}

Result<LookedUp> look_up(Connection& connection, std::string_view collection, std::string_view hash, bool by_key,
                         std::int64_t limit) {
    LookedUp seen;
    const auto read = [&](const Statement& row) {
        if (seen.collection.id == 0) {
            seen.collection = collection_of(row);
            seen.answered_live = row.integer(kLive) != 0;
        }
        if (row.is_null(kRecord)) return;
        seen.found.push_back({record_of(row, kRecord), row.integer(kMoved), row.integer(kDoubtful) == 0});
    };
    auto done = each_row(connection, kLookUp, read, collection, Blob{hash}, std::int64_t{by_key ? 0 : 1}, limit,
                         static_cast<std::int64_t>(kMirrorHashBytes));
    if (!done) return std::unexpected(std::move(done.error()));
    return seen;
}

}  // namespace tillkeeper::storage
