#include "storage/mirrors.h"

#include "storage/mirrors/collection_rows.h"
#include "storage/mirrors/extra_rows.h"
#include "storage/mirrors/guarded_mirrors.h"
#include "storage/mirrors/mirror_file.h"
#include "storage/mirrors/record_rows.h"
#include "storage/mirrors/shown.h"
#include "storage/mirrors/sql.h"
#include "storage/mirrors/tidying.h"

namespace tillkeeper::storage {
namespace {

std::int64_t microseconds(WallTime time) {
    return time.time_since_epoch().count();
}

class SqliteMirrors final : public Mirrors {
  public:
    explicit SqliteMirrors(MirrorOptions options) : guard_(std::move(options)) {}
    Result<void> open_file() { return guard_.open(); }

    Result<MirrorState> state(const std::string& collection) override {
        return guard_.reading<MirrorState>([&]() -> Result<MirrorState> {
            auto row = find_collection(db(), collection);
            if (!row) return std::unexpected(std::move(row.error()));
            return *row ? (*row)->state() : MirrorState{};
        });
    }

    Result<std::optional<MirrorRun>> unfinished(const std::string& collection) override {
        return guard_.reading<std::optional<MirrorRun>>([&]() -> Result<std::optional<MirrorRun>> {
            auto row = find_collection(db(), collection);
            if (!row) return std::unexpected(std::move(row.error()));
            if (!*row) return std::optional<MirrorRun>();
            auto run = find_run(db(), (*row)->id);
            if (!run) return std::unexpected(std::move(run.error()));
            if (!*run || (*run)->merged != 0) return std::optional<MirrorRun>();
            return MirrorRun{.full = (*run)->full,
                             .page = (*run)->page,
                             .started = WallTime(Duration((*run)->started)),
                             .delivered = (*run)->delivered};
        });
    }

    Result<void> begin(const std::string& collection, const MirrorRun& run) override {
        return guard_.changing<void>([&] { return parts().runs.begin(collection, run); });
    }

    Result<void> apply(const std::string& collection, std::span<const MirrorRow> rows,
                       const std::string& next_page) override {
        if (rows.size() > kMirrorPageRowsMax) return fail(ErrorCode::kLimit, "mirrors: a page has too many rows");
        for (const auto& row : rows)
            if (auto fine = check_row(row); !fine) return fine;
        if (auto room = guard_.check_room(); !room) return room;
        return guard_.changing<void>([&] { return parts().runs.apply(collection, rows, next_page); });
    }

    Result<bool> prepare_finish(const std::string& collection) override {
        return guard_.changing<bool>([&] { return parts().runs.settle(collection); });
    }

    Result<void> finish(const std::string& collection, const std::string& cursor,
                        const std::string& validator) override {
        for (Result<bool> more = true; *more;) {
            more = prepare_finish(collection);
            if (!more) return std::unexpected(std::move(more.error()));
        }
        return guard_.changing<void>([&] { return parts().runs.finish(collection, cursor, validator); });
    }

    Result<void> unchanged(const std::string& collection, WallTime as_of, JournalNumber delivered) override {
        return guard_.changing<void>([&]() -> Result<void> {
            auto row = find_collection(db(), collection);
            if (!row) return std::unexpected(std::move(row.error()));
            if (!*row || !(*row)->as_of) return fail(ErrorCode::kNotFound, "mirrors: nothing was pulled yet");
            (*row)->as_of = microseconds(as_of);
            (*row)->delivered = delivered;
            auto done = write_collection(db(), **row);
            return done ? forget_old_answers(db(), (*row)->id) : done;
        });
    }

    Result<void> put(const std::string& collection, const MirrorRow& row, WallTime now) override {
        if (auto fine = check_row(row); !fine) return fine;
        if (auto room = guard_.check_room(); !room) return room;
        return guard_.changing<void>([&] { return put_answer(collection, row, now); });
    }

    Result<bool> tidy() override {
        auto more = guard_.changing<bool>([&] { return do_chore(db()); });
        if (!more || *more || guard_.in_group()) return more;
        return guard_.reading<bool>([&]() -> Result<bool> {
            auto due = mirror_meta(db(), "scrub_due");
            if (!due) return std::unexpected(std::move(due.error()));
            return *due != 0 ? parts().scrub.slice(*parts().file.file) : Result<bool>(false);
        });
    }

    Result<void> drop(const std::string& collection) override {
        return guard_.changing<void>([&] { return drop_all(collection); });
    }

    Result<void> forget_answers(const std::string& collection, WallTime before) override {
        return guard_.changing<void>([&]() -> Result<void> {
            auto row = find_collection(db(), collection);
            if (!row) return std::unexpected(std::move(row.error()));
            if (!*row || (*row)->live_from >= microseconds(before)) return {};
            (*row)->live_from = microseconds(before);
            auto done = write_collection(db(), **row);
            return done ? forget_old_answers(db(), (*row)->id) : done;
        });
    }

    Result<std::vector<std::string>> collections() override {
        return guard_.reading<std::vector<std::string>>([&] {
            return all_rows<std::string>(db(), "SELECT name FROM collections ORDER BY name",
                                         [](const Statement& row) { return std::string(row.bytes(0)); });
        });
    }

    Result<std::int64_t> erase(const std::string& collection, const std::string& key) override {
        return guard_.changing<std::int64_t>([&] { return erase_all(collection, key); });
    }

    Result<void> add_movement(const std::string& collection, const std::string& key, JournalNumber number,
                              std::int64_t amount) override {
        return guard_.changing<void>([&]() -> Result<void> {
            auto row = ensure_collection(db(), collection);
            if (!row) return std::unexpected(std::move(row.error()));
            const std::string hash = parts().file.codec->hash(collection, "", key);
            return run_sql(db(), "INSERT OR IGNORE INTO movements VALUES (?1, ?2, ?3, ?4)", row->id, Blob{hash}, number,
                           amount);
        });
    }

    Result<void> forget_movements(const std::string& collection, JournalNumber up_to) override {
        return guard_.changing<void>([&] {
            return run_sql(db(),
                           "DELETE FROM movements WHERE number <= ?2"
                           " AND collection = (SELECT id FROM collections WHERE name = ?1)",
                           std::string_view(collection), up_to);
        });
    }

    Result<JournalNumber> movements_read() override {
        return guard_.reading<JournalNumber>([&] { return mirror_meta(db(), "movements_read"); });
    }
    Result<void> set_movements_read(JournalNumber number) override {
        return guard_.changing<void>([&] { return set_mirror_meta(db(), "movements_read", number); });
    }

    Result<void> begin_group() override { return guard_.begin_group(); }
    Result<void> commit_group() override { return guard_.commit_group(); }

    Result<std::int64_t> defer(const DeferredLookup& lookup) override {
        if (guard_.in_group()) return fail(ErrorCode::kInvalid, "mirrors: not in a group");
        auto number = guard_.changing<std::int64_t>([&] { return insert_deferred(db(), *parts().file.codec, lookup); });
        if (!number) return number;
        if (auto done = guard_.sync(); !done) return std::unexpected(std::move(done.error()));
        return number;
    }

    Result<std::vector<DeferredLookup>> deferred(std::int64_t after, int limit) override {
        return guard_.reading<std::vector<DeferredLookup>>(
            [&] { return read_deferred(db(), *parts().file.codec, after, limit); });
    }

    Result<void> settle(std::int64_t number) override {
        return guard_.changing<void>([&] { return remove_deferred(db(), number); });
    }

    Result<void> change_key(const std::string& key) override {
        if (guard_.in_group()) return fail(ErrorCode::kInvalid, "mirrors: not in a group");
        auto done = guard_.changing<void>([&] { return reseal_data_key(db(), guard_.options(), key); });
        if (done) done = guard_.sync();
        if (done) guard_.use_key(key);
        return done;
    }

    std::uint64_t bytes() const override { return guard_.bytes(); }

  private:
    Connection& db() { return guard_.db(); }
    GuardedMirrors::Parts& parts() { return guard_.parts(); }

    Result<void> put_answer(const std::string& name, const MirrorRow& row, WallTime now);
    Result<void> drop_all(const std::string& name);
    Result<std::int64_t> erase_all(const std::string& name, const std::string& key);

    GuardedMirrors guard_;
};

Result<void> SqliteMirrors::put_answer(const std::string& name, const MirrorRow& row, WallTime now) {
    auto collection = ensure_collection(db(), name);
    if (!collection) return std::unexpected(std::move(collection.error()));
    auto record = sealed_record(*parts().file.codec, name, row);
    if (!record) return std::unexpected(std::move(record.error()));
    return replace_answer(db(), *collection, std::move(*record), microseconds(now));
}

Result<void> SqliteMirrors::drop_all(const std::string& name) {
    auto row = find_collection(db(), name);
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return {};
    auto done = parts().runs.give_up((*row)->id);
    for (const std::int64_t layer : {(*row)->layer, (*row)->live_layer()})
        if (done) done = forget_layer(db(), layer, 0);
    if (done) done = run_sql(db(), "DELETE FROM movements WHERE collection = ?1", (*row)->id);
    if (done) done = run_sql(db(), "DELETE FROM collections WHERE id = ?1", (*row)->id);
    return done;
}

Result<std::int64_t> SqliteMirrors::erase_all(const std::string& name, const std::string& key) {
    auto done = remove_deferred_of(db(), *parts().file.codec, name, key);
    auto row = done ? find_collection(db(), name) : std::optional<CollectionRow>();
    if (!done) return std::unexpected(std::move(done.error()));
    if (!row) return std::unexpected(std::move(row.error()));
    std::int64_t records = 0;
    if (*row) {
        // What a full run has brought cannot be looked up yet: it is begun again.
        auto run = find_run(db(), (*row)->id);
        if (run && *run && (*run)->full) done = parts().runs.give_up((*row)->id);
        if (!run) done = std::unexpected(std::move(run.error()));
        if (!done) return std::unexpected(std::move(done.error()));
        auto erased = erase_record(db(), **row, parts().file.codec->hash(name, "", key));
        if (!erased) return erased;
        records = *erased;
    }
    done = set_mirror_meta(db(), "scrub_due", 1);
    if (!done) return std::unexpected(std::move(done.error()));
    parts().scrub.begin_anew();
    return records;
}

}  // namespace

Result<std::unique_ptr<Mirrors>> Mirrors::open(const MirrorOptions& options, std::string& anew) {
    anew.clear();
    if (marked_damaged(options)) anew = "mirrors: a page of the file is damaged";
    auto mirrors = std::make_unique<SqliteMirrors>(options);
    Result<void> opened;
    if (anew.empty()) opened = mirrors->open_file();
    if (!opened && opened.error().code != ErrorCode::kCorrupt && opened.error().code != ErrorCode::kTooNew)
        return std::unexpected(std::move(opened.error()));
    if (!opened) anew = said_of_mirrors(std::move(opened.error())).message;
    if (anew.empty()) return mirrors;
    mirrors = std::make_unique<SqliteMirrors>(options);
    if (auto gone = throw_away(options); !gone) return std::unexpected(std::move(gone.error()));
    if (auto made = mirrors->open_file(); !made) return std::unexpected(std::move(made.error()));
    return mirrors;
}

}  // namespace tillkeeper::storage
