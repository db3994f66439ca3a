#include "storage/journal.h"

#include <set>

#include "storage/ballast.h"
#include "storage/decision_rows.h"
#include "storage/decisions.h"
#include "storage/folder_lock.h"
#include "storage/index_repair.h"
#include "storage/key_checks.h"
#include "storage/open_file.h"
#include "storage/pots.h"
#include "storage/pruning.h"
#include "storage/schema.h"
#include "storage/sliced_work.h"
#include "storage/wal_room.h"

namespace tillkeeper::storage {
namespace {

constexpr std::uint64_t kFrameHeaderBytes = 24;

Result<void> check_entry(const NewEntry& entry) {
    if (entry.transaction_id.empty()) return fail(ErrorCode::kInvalid, "journal: an entry needs a transaction id");
    if (entry.kind != EntryKind::kTransaction && entry.kind != EntryKind::kQuarantined)
        return fail(ErrorCode::kInvalid, "journal: tills hand over transactions only");
    if (entry.body.size() > kBodyBytesMax) return fail(ErrorCode::kLimit, "journal: the body is longer than 1 MiB");
    return check_spends(entry.spends);
}

class SqliteJournal final : public Journal {
  public:
    SqliteJournal(JournalOptions options, FolderLock lock)
        : lock_(std::move(lock)),
          options_(std::move(options)),
          codec_({options_.key, options_.older_keys}),
          ballast_(options_) {}

    ~SqliteJournal() override {
        if (broken_ || !file_) return;
        // Where this fails, the log simply stays and the next start reads it.
        static_cast<void>(file_->checkpoint(Checkpoint::kPassive));
    }

    Result<void> open_file() {
        file_.reset();
        const std::string path = options_.folder + "/journal.db";
        auto connection = Connection::open(path, Connection::Mode::kWrite, options_.vfs);
        if (!connection) return std::unexpected(std::move(connection.error()));
        file_ = std::make_unique<OpenFile>(std::move(*connection));
        if (auto done = prepare_connection(file_->connection); !done) return done;
        if (auto done = prove(); !done && done.error().code != ErrorCode::kStorageFull) return done;
        if (auto done = migrate(file_->connection); !done) return done;
        if (auto done = check_keys(file_->connection, codec_.keys(), true); !done) return done;
        if (damaged_)
            if (auto done = mend(*file_); !done) return done;
        damaged_ = false;
        if (auto done = prepare_rows(); !done) return done;
        file_->count_frames();
        if (!file_->proven) return {};
        return prove_with_room();
    }

    Result<std::vector<Receipt>> commit(std::span<const NewEntry> entries,
                                        std::span<const Progress> progress) override {
        for (const auto& entry : entries)
            if (auto fine = check_entry(entry); !fine) return std::unexpected(std::move(fine.error()));
        if (entries.empty() && progress.empty()) return std::vector<Receipt>{};
        return guarded<std::vector<Receipt>>([&] { return write(entries, progress); });
    }

    Result<JournalNumber> decide(const Decision& decision) override {
        if (decision.body.size() > kBodyBytesMax) return fail(ErrorCode::kLimit, "journal: the body is too long");
        return guarded<JournalNumber>([&] { return carry_out(decision); });
    }

    Result<void> register_destinations(std::span<const std::string> names) override {
        // The usual start needs no room on the disk.
        if (auto known = file_->progress->all_registered(names); known && *known) return {};
        return guarded<void>([&]() -> Result<void> {
            auto oldest = file_->entries->oldest();
            if (!oldest) return std::unexpected(std::move(oldest.error()));
            const JournalNumber start = *oldest == 0 ? tail_.number : *oldest - 1;
            if (auto begun = begin(); !begun) return begun;
            if (auto done = file_->progress->register_destinations(names, start); !done) return done;
            return end();
        });
    }

    Result<std::int64_t> prune(const Retention& retention, std::int64_t rows_max) override {
        const Horizon horizon{.now = retention.now,
                              .wall = retention.now - retention.keep,
                              .boot_id = options_.device ? options_.device->boot_id() : "",
                              .monotonic = retention.since_boot - retention.keep};
        return guarded<std::int64_t>([&] { return prune_entries(*file_, horizon, rows_max); });
    }

    Result<void> note_clock(const ClockSight& sight) override {
        return guarded<void>([&] { return file_->entries->note_clock(sight); });
    }

    Result<bool> slice(SlicedWork& work) override {
        return guarded<bool>([&]() -> Result<bool> {
            ChainLink tail = tail_;
            auto more = work.slice({*file_, codec_, tail});
            if (more) tail_ = tail;
            return more;
        });
    }

    Result<void> checkpoint() override {
        return guarded<void>([&] { return file_->checkpoint(Checkpoint::kPassive); });
    }

    std::uint64_t wal_bytes() const override {
        if (!file_) return 0;
        return static_cast<std::uint64_t>(file_->wal_frames) * (kPageBytes + kFrameHeaderBytes);
    }

    Result<void> recover() override {
        broken_ = true;
        const JournalNumber answered = tail_.number;
        if (auto done = open_file(); !done) return done;
        if (!file_->proven) return fail(ErrorCode::kStorageFull, "journal: the disk is full");
        for (JournalNumber number = answered + 1; number <= tail_.number; ++number) unanswered_.insert(number);
        broken_ = false;
        return {};
    }

    Result<void> restore_ballast() override { return ballast_.restore(); }
    void release_ballast() { ballast_.release(); }

  private:
    Result<void> prepare_rows() {
        auto entries = EntryRows::prepare(file_->connection, codec_);
        if (!entries) return std::unexpected(std::move(entries.error()));
        file_->entries.emplace(std::move(*entries));
        auto progress = ProgressRows::prepare(file_->connection, codec_);
        if (!progress) return std::unexpected(std::move(progress.error()));
        file_->progress.emplace(std::move(*progress));
        auto newest = file_->entries->newest();
        if (!newest) return std::unexpected(std::move(newest.error()));
        tail_ = *newest;
        // After a disk that lied: what a destination has passed already must not be the number of something new.
        auto passed = file_->connection.integer("SELECT ifnull(max(number), 0) FROM cursors");
        if (!passed) return std::unexpected(std::move(passed.error()));
        tail_.number = std::max(tail_.number, *passed);
        return {};
    }

    Result<void> prove() {
        auto done = file_->checkpoint(Checkpoint::kTruncate);
        if (!done && done.error().code == ErrorCode::kStorageFull) {
            ballast_.release();
            done = file_->checkpoint(Checkpoint::kTruncate);
        }
        file_->proven = done.has_value();
        return done;
    }

    // The empty log is synced too: else a power cut may bring back an older one, which hides what was proven.
    Result<void> prove_with_room() {
        if (auto done = prove(); !done) return done;
        return make_wal_room(file_->connection, options_.wal_room_bytes);
    }

    // Runs `work`; on failure leaves the file as it was before, and draws the consequences.
    template <typename T, typename Work>
    Result<T> guarded(Work work) {
        if (broken_ || !file_) return fail(ErrorCode::kIo, "journal: it must be recovered first");
        if (!file_->connection.rollback()) return fail(ErrorCode::kUnavailable, "journal: out of memory");
        if (!file_->proven)
            if (auto done = prove_with_room(); !done) return std::unexpected(give_up(std::move(done.error())));
        Result<T> result = work();
        if (!result) return std::unexpected(give_up(std::move(result.error())));
        return result;
    }

    Error give_up(Error error) {
        file_->connection.rollback();
        if (file_->entries) file_->entries->forget_boots();
        if (error.code == ErrorCode::kStorageFull) ballast_.release();
        if (error.code == ErrorCode::kCorrupt) damaged_ = true;
        if (error.code == ErrorCode::kIo || error.code == ErrorCode::kCorrupt) broken_ = true;
        return error;
    }

    Result<void> begin() { return file_->connection.execute("BEGIN IMMEDIATE"); }
    Result<void> end() { return file_->connection.execute("COMMIT"); }

    Result<std::vector<Receipt>> write(std::span<const NewEntry> entries, std::span<const Progress> progress) {
        if (auto begun = begin(); !begun) return std::unexpected(std::move(begun.error()));
        ChainLink tail = tail_;
        std::set<JournalNumber> unanswered = unanswered_;
        std::vector<Receipt> receipts;
        receipts.reserve(entries.size());
        for (const auto& entry : entries) {
            auto receipt = accept(entry, tail, unanswered);
            if (!receipt) return std::unexpected(std::move(receipt.error()));
            receipts.push_back(*receipt);
        }
        for (const auto& one : progress)
            if (auto done = file_->progress->apply(one, tail.number, file_->documents_whole); !done)
                return std::unexpected(std::move(done.error()));
        if (auto done = end(); !done) return std::unexpected(std::move(done.error()));
        tail_ = tail;
        unanswered_ = std::move(unanswered);
        return receipts;
    }

    Result<Receipt> accept(const NewEntry& entry, ChainLink& tail, std::set<JournalNumber>& unanswered) {
        const Digest digest = sha256(entry.body);
        auto twins = file_->entries->twins(entry.transaction_id, digest);
        if (!twins) return std::unexpected(std::move(twins.error()));
        for (const auto& twin : *twins)
            if (twin.same_body) return repeated(twin, twin.number != twins->front().number, unanswered);
        if (twins->empty()) return spend_and_append(entry, digest, tail);
        NewEntry conflict = entry;
        conflict.kind = EntryKind::kQuarantined;
        if (conflict.problems.empty()) conflict.problems = id_conflict_problems(twins->front().number);
        return append(conflict, digest, true, tail);
    }

    static Receipt repeated(const Twin& twin, bool id_conflict, std::set<JournalNumber>& unanswered) {
        Receipt receipt{Acceptance::kDuplicate, twin.number, twin.hash, id_conflict};
        if (unanswered.erase(twin.number) == 0) return receipt;
        const bool quarantined = twin.kind == EntryKind::kQuarantined;
        receipt.acceptance = quarantined ? Acceptance::kQuarantined : Acceptance::kAccepted;
        return receipt;
    }

    // What uses an id again with other content spends nothing: it is kept for a person to look at.
    Result<Receipt> spend_and_append(const NewEntry& entry, const Digest& digest, ChainLink& tail) {
        Result<bool> had = entry.spends.empty();
        if (!*had && file_->pots_whole) had = spend(file_->connection, entry.spends, tail.number + 1);
        if (!had) return std::unexpected(std::move(had.error()));
        if (!*had) return Receipt{.acceptance = Acceptance::kOverspent};
        return append(entry, digest, false, tail);
    }

    Result<Receipt> append(const NewEntry& entry, const Digest& digest, bool id_conflict, ChainLink& tail) {
        if (auto done = file_->entries->append(entry, digest, tail); !done)
            return std::unexpected(std::move(done.error()));
        Receipt receipt{Acceptance::kAccepted, tail.number, tail.hash, id_conflict};
        if (entry.kind != EntryKind::kQuarantined) return receipt;
        receipt.acceptance = Acceptance::kQuarantined;
        HeldItem item;
        item.number = tail.number;
        item.since = entry.arrival.arrived_at;
        item.reason = id_conflict ? kSameIdReason : "cannot be understood fully";
        if (auto done = file_->progress->hold(item); !done) return std::unexpected(std::move(done.error()));
        return receipt;
    }

    Result<JournalNumber> carry_out(const Decision& decision) {
        if (auto begun = begin(); !begun) return std::unexpected(std::move(begun.error()));
        ChainLink tail = tail_;
        if (auto done = storage::carry_out(decision, *file_, tail); !done)
            return std::unexpected(std::move(done.error()));
        if (auto done = end(); !done) return std::unexpected(std::move(done.error()));
        tail_ = tail;
        return tail.number;
    }

    FolderLock lock_;
    JournalOptions options_;
    BodyCodec codec_;
    Ballast ballast_;
    std::unique_ptr<OpenFile> file_;
    ChainLink tail_;
    std::set<JournalNumber> unanswered_;  // stored by a call that failed, so that nobody was told
    bool broken_ = false;
    bool damaged_ = false;  // a step met a damaged page: the indexes are made anew by recover()
};

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(JournalOptions options) {
    auto lock = FolderLock::take(options.folder, options.vfs);
    if (!lock) return std::unexpected(std::move(lock.error()));
    auto journal = std::make_unique<SqliteJournal>(std::move(options), std::move(*lock));
    auto done = journal->open_file();
    if (!done && done.error().code == ErrorCode::kStorageFull) {
        journal->release_ballast();
        done = journal->open_file();
    }
    if (!done) return std::unexpected(std::move(done.error()));
    static_cast<void>(journal->restore_ballast());  // on a full disk the writer tries again later
    return journal;
}

}  // namespace tillkeeper::storage
