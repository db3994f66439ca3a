#include "storage/mirror_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "storage/mirrors/extra_rows.h"
#include "storage/mirrors/mirror_file.h"
#include "storage/mirrors/shown.h"
#include "storage/mirrors/sql.h"

namespace tillkeeper::storage {
namespace {

class SqliteMirrorReader final : public MirrorReader {
  public:
    explicit SqliteMirrorReader(MirrorFile file) : file_(std::move(file)) {}

    Result<MirrorState> state(const std::string& collection) override {
        auto row = row_of(collection);
        if (!row) return std::unexpected(std::move(row.error()));
        return *row ? (*row)->state() : MirrorState{};
    }

    Result<std::optional<MirrorHit>> get(const std::string& collection, const std::string& key) override {
        return at_one_moment<std::optional<MirrorHit>>(
            collection, [&](const CollectionRow& row) -> Result<std::optional<MirrorHit>> {
                auto record = shown(db(), row, file_.codec->hash(collection, "", key));
                if (!record) return std::unexpected(std::move(record.error()));
                if (!*record) return std::optional<MirrorHit>();
                auto hit = opened(**record);
                if (!hit) return std::unexpected(std::move(hit.error()));
                return std::optional(std::move(*hit));
            });
    }

    Result<std::vector<MirrorHit>> find(const std::string& collection, const SearchKey& by, int limit) override {
        return at_one_moment<std::vector<MirrorHit>>(collection, [&](const CollectionRow& row) {
            return find_in(row, file_.codec->hash(collection, by.field, by.value), limit);
        });
    }

    Result<std::int64_t> moved(const std::string& collection, const std::string& key, JournalNumber after) override {
        return at_one_moment<std::int64_t>(collection, [&](const CollectionRow& row) {
            return sum_of_movements(db(), row.id, file_.codec->hash(collection, "", key), after);
        });
    }

  private:
    Connection& db() { return file_.file->connection; }

    template <typename T, typename Read>
    Result<T> at_one_moment(const std::string& collection, Read read) {
        const bool alone = !in_moment_;
        if (alone)
            if (auto begun = begin(); !begun) return std::unexpected(std::move(begun.error()));
        auto row = row_of(collection);
        Result<T> result = T{};
        if (row && *row) result = read(**row);
        if (!row) result = std::unexpected(std::move(row.error()));
        if (alone) end();
        return result;
    }

    void begin_moment() override { in_moment_ = begin().has_value(); }
    void end_moment() override {
        if (!std::exchange(in_moment_, false)) return;
        seen_.reset();
        end();
    }
    Result<void> begin() {
        if (!db().rollback()) return fail(ErrorCode::kUnavailable, "mirrors: out of memory");
        return run_sql(db(), "BEGIN");
    }
    void end() {
        if (!run_sql(db(), "COMMIT")) db().rollback();
    }

    // Within a moment it is read once.
    Result<std::optional<CollectionRow>> row_of(const std::string& collection) {
        if (seen_ && seen_->first == collection) return seen_->second;
        auto row = find_collection(db(), collection);
        if (row && in_moment_) seen_.emplace(collection, *row);
        return row;
    }

    Result<MirrorHit> opened(const StoredRecord& record) {
        auto content = opened_record(*file_.codec, record);
        if (!content) return std::unexpected(std::move(content.error()));
        MirrorHit hit{.key = std::move(content->key), .body = std::move(content->body)};
        if (record.as_of) hit.as_of = WallTime(Duration(*record.as_of));
        return hit;
    }

    Result<std::vector<MirrorHit>> find_in(const CollectionRow& row, const std::string& hash, int limit) {
        std::vector<MirrorHit> hits;
        for (const std::int64_t layer : {row.layer, row.live_layer()}) {
            if (layer < 0 && row.live_records == 0) continue;
            auto records = records_found(db(), layer, hash, kMirrorFindMax);
            if (!records) return std::unexpected(std::move(records.error()));
            for (const auto& record : *records)
                if (auto done = add_if_shown(row, record, hits); !done) return std::unexpected(std::move(done.error()));
        }
        std::ranges::sort(hits, {}, &MirrorHit::key);
        if (hits.size() > static_cast<std::size_t>(std::max(limit, 0))) hits.resize(static_cast<std::size_t>(limit));
        return hits;
    }

    // Another version of it may be the one that counts.
    Result<void> add_if_shown(const CollectionRow& row, const StoredRecord& record, std::vector<MirrorHit>& hits) {
        auto alone = stands_alone(db(), row, record);
        if (!alone) return std::unexpected(std::move(alone.error()));
        if (!*alone) {
            auto counts = shown(db(), row, record.key_hash());
            if (!counts) return std::unexpected(std::move(counts.error()));
            if (!*counts || (*counts)->id != record.id) return {};
            return add(**counts, hits);
        }
        return add(record, hits);
    }

    Result<void> add(const StoredRecord& record, std::vector<MirrorHit>& hits) {
        auto hit = opened(record);
        if (!hit) return std::unexpected(std::move(hit.error()));
        hits.push_back(std::move(*hit));
        return {};
    }

    MirrorFile file_;
    bool in_moment_ = false;
    std::optional<std::pair<std::string, std::optional<CollectionRow>>> seen_;
};

}  // namespace

Result<std::unique_ptr<MirrorReader>> MirrorReader::open(const MirrorOptions& options) {
    auto file = open_mirror_file_to_read(options);
    if (!file) return std::unexpected(std::move(file.error()));
    return std::make_unique<SqliteMirrorReader>(std::move(*file));
}

}  // namespace tillkeeper::storage
