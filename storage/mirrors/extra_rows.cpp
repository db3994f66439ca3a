#include "storage/mirrors/extra_rows.h"

#include "storage/mirrors/sql.h"

namespace tillkeeper::storage {
namespace {

constexpr std::string_view kDeferredPlace = "deferred";
constexpr int kReadAtOnce = 500;

}  // namespace

Result<std::int64_t> sum_of_movements(Connection& connection, std::int64_t collection, std::string_view key_hash,
                                      JournalNumber after) {
    return number_of(connection, "SELECT sum(amount) FROM movements WHERE collection = ?1 AND key = ?2 AND number > ?3",
                     collection, Blob{key_hash}, after);
}

Result<std::int64_t> insert_deferred(Connection& connection, MirrorCodec& codec, const DeferredLookup& lookup) {
    auto count = number_of(connection, "SELECT count(*) FROM deferred");
    if (!count) return count;
    if (*count >= kDeferredMax) return fail(ErrorCode::kLimit, "mirrors: too many look-ups wait for an answer");
    if (lookup.request.size() > kMirrorBodyBytesMax) return fail(ErrorCode::kLimit, "mirrors: a request is too long");
    auto sealed = codec.seal(kDeferredPlace, lookup.request);
    if (!sealed) return std::unexpected(std::move(sealed.error()));
    auto done = run_sql(connection,
                        "INSERT INTO deferred (till, collection, request, journal, since) VALUES (?1, ?2, ?3, ?4, ?5)",
                        std::string_view(lookup.till), std::string_view(lookup.collection), Blob{*sealed},
                        lookup.journal, std::int64_t{lookup.since.time_since_epoch().count()});
    if (!done) return std::unexpected(std::move(done.error()));
    return sqlite3_last_insert_rowid(connection.raw());
}

Result<std::vector<DeferredLookup>> read_deferred(Connection& connection, MirrorCodec& codec, std::int64_t after,
                                                  int limit) {
    auto found = all_rows<DeferredLookup>(
        connection,
        "SELECT number, till, collection, request, journal, since FROM deferred WHERE number > ?1"
        " ORDER BY number LIMIT ?2",
        [](const Statement& row) {
            return DeferredLookup{.number = row.integer(0),
                                  .till = std::string(row.bytes(1)),
                                  .collection = std::string(row.bytes(2)),
                                  .request = std::string(row.bytes(3)),
                                  .journal = row.integer(4),
                                  .since = WallTime(Duration(row.integer(5)))};
        },
        after, std::int64_t{limit});
    if (!found) return found;
    for (auto& lookup : *found) {
        auto request = codec.open(kDeferredPlace, lookup.request);
        if (!request) return std::unexpected(std::move(request.error()));
        lookup.request = std::move(*request);
    }
    return found;
}

Result<void> remove_deferred(Connection& connection, std::int64_t number) {
    return run_sql(connection, "DELETE FROM deferred WHERE number = ?1", number);
}

Result<void> remove_deferred_of(Connection& connection, MirrorCodec& codec, const std::string& collection,
                                const std::string& key) {
    const std::string text = '"' + key + '"';
    for (std::int64_t after = 0;;) {
        auto some = read_deferred(connection, codec, after, kReadAtOnce);
        if (!some) return std::unexpected(std::move(some.error()));
        if (some->empty()) return {};
        after = some->back().number;
        for (const auto& lookup : *some)
            if (lookup.collection == collection && lookup.request.find(text) != std::string::npos)
                if (auto gone = remove_deferred(connection, lookup.number); !gone) return gone;
    }
}

}  // namespace tillkeeper::storage
