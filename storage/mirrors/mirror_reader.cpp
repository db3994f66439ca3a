#include "storage/mirror_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "storage/mirrors/extra_rows.h"
#include "storage/mirrors/looked_up.h"
#include "storage/mirrors/mirror_file.h"
#include "storage/mirrors/shown.h"
#include "storage/mirrors/sql.h"

namespace tillkeeper::storage {
namespace {

class SqliteMirrorReader final : public MirrorReader {
  public:
    explicit SqliteMirrorReader(MirrorFile file) : file_(std::move(file)) {}

    Result<MirrorState> state(const std::string& collection) override {
        auto row = find_collection(db(), collection);
        if (!row) return std::unexpected(std::move(row.error()));
        return *row ? (*row)->state() : MirrorState{};
    }

    Result<MirrorAnswer> look_up(const std::string& collection, const SearchKey& by, int limit) override {
        const auto hash = file_.codec->hash(collection, by.field, by.value);
        const bool by_key = by.field.empty();
        auto answer = looked_up(collection, hash, by_key);
        if (answer && !*answer) answer = looked_closely_at(collection, hash, by_key);
        if (!answer) return std::unexpected(std::move(answer.error()));
        auto& hits = (*answer)->hits;
        std::ranges::sort(hits, {}, &MirrorHit::key);
        if (hits.size() > static_cast<std::size_t>(std::max(limit, 0))) hits.resize(static_cast<std::size_t>(limit));
        return std::move(**answer);
    }

    Result<std::int64_t> moved(const std::string& collection, const std::string& key, JournalNumber after) override {
        return number_of(db(),
                         "SELECT sum(amount) FROM movements JOIN collections ON id = collection"
                         " WHERE name = ?1 AND key = ?2 AND number > ?3",
                         std::string_view(collection), Blob{file_.codec->hash(collection, "", key)}, after);
    }

  private:
    Connection& db() { return file_.file->connection; }

    // Nothing: what counts takes more than one statement to tell.
    Result<std::optional<MirrorAnswer>> looked_up(const std::string& collection, const std::string& hash, bool by_key) {
        const auto seen = storage::look_up(db(), collection, hash, by_key, kMirrorFindMax);
        if (!seen) return std::unexpected(seen.error());
        if (!seen->plain()) return std::optional<MirrorAnswer>();
        MirrorAnswer answer{.state = seen->collection.state(), .hits = {}};
        for (const auto& [record, moved, alone] : seen->found)
            if (auto done = add(record, moved, answer.hits); !done) return std::unexpected(std::move(done.error()));
        return std::optional(std::move(answer));
    }

    // The same, and the versions beside it, at one moment.
    Result<std::optional<MirrorAnswer>> looked_closely_at(const std::string& collection, const std::string& hash,
                                                          bool by_key) {
        if (!db().rollback()) return fail(ErrorCode::kUnavailable, "mirrors: out of memory");
        if (auto begun = run_sql(db(), "BEGIN"); !begun) return std::unexpected(std::move(begun.error()));
        auto answer = what_counts(collection, hash, by_key);
        if (!run_sql(db(), "COMMIT")) db().rollback();
        if (!answer) return std::unexpected(std::move(answer.error()));
        return std::optional(std::move(*answer));
    }

    Result<MirrorAnswer> what_counts(const std::string& collection, const std::string& hash, bool by_key) {
        const auto seen = storage::look_up(db(), collection, hash, by_key, kMirrorFindMax);
        if (!seen) return std::unexpected(seen.error());
        const auto& row = seen->collection;
        MirrorAnswer answer{.state = row.state(), .hits = {}};
        if (by_key) {
            if (auto done = add_shown(row, hash, {}, answer.hits); !done) return std::unexpected(done.error());
            return answer;
        }
        for (const auto& [record, moved, alone] : seen->found) {
            auto done =
                alone ? add(record, moved, answer.hits) : add_shown(row, record.key_hash(), record.id, answer.hits);
            if (!done) return std::unexpected(std::move(done.error()));
        }
        if (!seen->answered_live) return answer;
        const auto live = records_found(db(), row.live_layer(), hash, kMirrorFindMax);
        if (!live) return std::unexpected(live.error());
        for (const auto& record : *live)
            if (auto done = add_shown(row, record.key_hash(), record.id, answer.hits); !done)
                return std::unexpected(std::move(done.error()));
        return answer;
    }

    // The version that counts; where `only` is given, if it has that number.
    Result<void> add_shown(const CollectionRow& row, std::string_view key_hash, std::optional<std::int64_t> only,
                           std::vector<MirrorHit>& hits) {
        auto counts = shown(db(), row, key_hash);
        if (!counts) return std::unexpected(std::move(counts.error()));
        if (!*counts || (only && (*counts)->id != *only)) return {};
        const auto moved = sum_of_movements(db(), row.id, key_hash, row.delivered);
        if (!moved) return std::unexpected(moved.error());
        return add(**counts, *moved, hits);
    }

    Result<void> add(const StoredRecord& record, std::int64_t moved, std::vector<MirrorHit>& hits) {
        auto content = opened_record(*file_.codec, record);
        if (!content) return std::unexpected(std::move(content.error()));
        auto& hit = hits.emplace_back(std::move(content->key), std::move(content->body));
        if (record.as_of) hit.as_of = WallTime(Duration(*record.as_of));
        hit.moved = moved;
        return {};
    }

    MirrorFile file_;
};

}  // namespace

Result<std::unique_ptr<MirrorReader>> MirrorReader::open(const MirrorOptions& options) {
    auto file = open_mirror_file_to_read(options);
    if (!file) return std::unexpected(std::move(file.error()));
    return std::make_unique<SqliteMirrorReader>(std::move(*file));
}

Result<std::optional<MirrorHit>> MirrorReader::get(const std::string& collection, const std::string& key) {
    auto answer = look_up(collection, {"", key}, 1);
    if (!answer) return std::unexpected(std::move(answer.error()));
    if (answer->hits.empty()) return std::optional<MirrorHit>();
    return std::optional(std::move(answer->hits.front()));
}

Result<std::vector<MirrorHit>> MirrorReader::find(const std::string& collection, const SearchKey& by, int limit) {
    auto answer = look_up(collection, by, limit);
    if (!answer) return std::unexpected(std::move(answer.error()));
    return std::move(answer->hits);
}

}  // namespace tillkeeper::storage
