#include "storage/writer.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "storage/body_codec.h"
#include "storage/pots.h"
#include "storage/replies.h"
#include "storage/waiting_work.h"

namespace tillkeeper::storage {
namespace {

// After this long without work it is idle. Short, so that also a busy store has such moments: beyond the room that was
// made for the log each sync costs the file system a commit of its own.
constexpr Duration kQuiet = std::chrono::milliseconds(20);
constexpr Duration kRoomProbe = std::chrono::seconds(1);
constexpr Duration kRecoverFirst = std::chrono::milliseconds(100);
constexpr Duration kRecoverMax = std::chrono::seconds(30);
constexpr Duration kPruneEvery = std::chrono::hours(1);
constexpr std::int64_t kPruneRows = 200;                          // in one slice: a few milliseconds
constexpr Duration kPrunePause = std::chrono::milliseconds(200);  // between two slices

class GroupWriter final : public Writer {
  public:
    GroupWriter(Journal& journal, EventLoop& loop, const Clock& clock, WriterOptions options)
        : journal_(journal), loop_(loop), clock_(clock), options_(options), waiting_(options.waiting_max) {
        if (has_room()) return;
        // Full before we began: what was refused before a restart is not taken after it into the last bytes.
        state_ = State::kFull;
        trouble_ = Error{ErrorCode::kStorageFull, "journal: the disk is full"};
        loop_.post([this] { look_for_room(); });
    }

    Result<void> offer(NewEntry entry, EventLoop& reply_on, Accepted done) override {
        if (entry.transaction_id.empty()) return fail(ErrorCode::kInvalid, "journal: an entry needs a transaction id");
        if (entry.body.size() > kBodyBytesMax) return fail(ErrorCode::kLimit, "journal: the body is longer than 1 MiB");
        if (auto fine = check_spends(entry.spends); !fine) return fine;
        clock_trusted_ = entry.arrival.clock_trusted;
        auto first = waiting_.add(WaitingEntry{std::move(entry), &reply_on, std::move(done)});
        if (!first) return std::unexpected(std::move(first.error()));
        if (*first) loop_.post([this] { drain(); });
        return {};
    }

    void report(Progress progress) override {
        if (waiting_.add(std::move(progress))) loop_.post([this] { wait_for_company(); });
    }

    void report(Progress progress, EventLoop& reply_on, Reported done) override {
        if (waiting_.add(std::move(progress), WaitingReport{&reply_on, std::move(done)}))
            loop_.post([this] { drain(); });
    }

    void decide(Decision decision, EventLoop& reply_on, Decided done) override {
        if (waiting_.add(WaitingDecision{std::move(decision), &reply_on, std::move(done)}))
            loop_.post([this] { drain(); });
    }

    void note_clock(ClockSight sight) override {
        loop_.post([this, sight = std::move(sight)]() mutable {
            sight_ = std::move(sight);
            write_sight();
        });
    }

    void on_growth(std::function<void(JournalNumber)> listener) override { growth_ = std::move(listener); }

    Result<void> accepting() const override {
        const std::lock_guard lock(trouble_mutex_);
        if (trouble_) return std::unexpected(*trouble_);
        if (waiting_.full()) return fail(ErrorCode::kLimit, "journal: too many transactions are waiting");
        return {};
    }

    void flush() override {
        while (!waiting_.empty()) {
            const bool fine = write(waiting_.take(options_.group_max));
            if (!fine && !waiting_.urgent()) return;  // only progress is left, and it cannot be written
        }
    }

  private:
    enum class State : std::uint8_t { kWriting, kFull, kBroken };

    void wait_for_company() {
        if (!company_)
            company_ = loop_.after(options_.progress_delay, [this] {
                company_.reset();
                if (!waiting_.empty()) drain();
            });
    }

    void drain() {
        Group group = waiting_.take(options_.group_max);
        write(std::move(group));
        if (waiting_.urgent()) loop_.post([this] { drain(); });
        if (state_ == State::kWriting && journal_.wal_bytes() > options_.wal_busy_bytes) checkpoint();
        wait_for_quiet();
    }

    // True when everything was written.
    bool write(Group group) {
        if (state_ == State::kBroken) return refuse(std::move(group), unavailable());
        if (state_ == State::kFull) return write_without_entries(std::move(group));
        auto receipts = commit(group);
        if (!receipts && receipts.error().code == ErrorCode::kStorageFull) {
            become(State::kFull, receipts.error());
            return write_without_entries(std::move(group));
        }
        if (!receipts) return refuse(std::move(group), std::move(receipts.error()));
        answer(group.askers, *receipts);
        tell(group.reports, {});
        tell_growth(*receipts);
        decide_all(std::move(group.decisions));
        write_sight();
        return true;
    }

    // A failed write or sync is recovered from and tried once more before anybody hears of it.
    Result<std::vector<Receipt>> commit(const Group& group) {
        auto receipts = journal_.commit(group.entries, group.progress);
        if (receipts || !needs_recovery(receipts.error())) return receipts;
        if (auto done = journal_.recover(); !done) {
            become(State::kBroken, done.error());
            return std::unexpected(unavailable());
        }
        receipts = journal_.commit(group.entries, group.progress);
        if (receipts || !needs_recovery(receipts.error())) return receipts;
        become(State::kBroken, receipts.error());
        return std::unexpected(unavailable());
    }

    void write_sight() {
        if (!sight_ || state_ == State::kBroken) return;
        auto done = journal_.note_clock(*sight_);
        if (done)
            sight_.reset();
        else if (needs_recovery(done.error()))
            recover_or_break();
    }

    static bool needs_recovery(const Error& error) {
        return error.code == ErrorCode::kIo || error.code == ErrorCode::kCorrupt;
    }

    bool write_without_entries(Group group) {
        const bool had_entries = !group.askers.empty();
        answer_all(std::exchange(group.askers, {}), {ErrorCode::kStorageFull, "journal: the disk is full"});
        group.leave_out_what_only_grows();
        auto receipts = commit(group);
        tell(group.reports, fail(ErrorCode::kStorageFull, "journal: the disk is full"));
        decide_all(std::move(group.decisions));
        if (!receipts) keep(std::move(group.progress));
        return receipts.has_value() && !had_entries;
    }

    bool refuse(Group group, Error error) {
        answer_all(std::move(group.askers), error);
        tell(group.reports, std::unexpected(error));
        for (auto& asked : group.decisions) reply(asked, std::unexpected(error));
        keep(std::move(group.progress));
        return false;
    }

    void keep(std::vector<Progress> progress) {
        if (progress.empty()) return;
        waiting_.put_back(std::move(progress));
        wait_for_company();
    }

    void decide_all(std::vector<WaitingDecision> decisions) {
        for (auto& asked : decisions) {
            auto number = state_ == State::kBroken ? Result<JournalNumber>(std::unexpected(unavailable()))
                                                   : journal_.decide(asked.decision);
            if (number && growth_) growth_(*number);
            if (!number && needs_recovery(number.error())) {
                // Tried again it might count twice: the person looks and decides.
                recover_or_break();
                number = std::unexpected(unavailable());
            }
            reply(asked, std::move(number));
        }
    }

    void tell_growth(const std::vector<Receipt>& receipts) {
        JournalNumber newest = 0;
        for (const auto& receipt : receipts)
            if (receipt.acceptance != Acceptance::kDuplicate) newest = std::max(newest, receipt.number);
        if (newest != 0 && growth_) growth_(newest);
    }

    static Error unavailable() { return {ErrorCode::kUnavailable, "journal: the disk failed; it is being recovered"}; }

    void become(State state, const Error& trouble) {
        state_ = state;
        {
            const std::lock_guard lock(trouble_mutex_);
            trouble_ = state == State::kWriting ? std::nullopt : std::optional(trouble);
        }
        if (state == State::kFull) probe_ = loop_.after(kRoomProbe, [this] { look_for_room(); });
        if (state == State::kBroken) probe_ = loop_.after(backoff_, [this] { try_to_recover(); });
    }

    // Selling goes on without ballast when it is not for want of room.
    bool has_room() {
        auto done = journal_.restore_ballast();
        return done || done.error().code != ErrorCode::kStorageFull;
    }

    void look_for_room() {
        if (has_room())
            become(State::kWriting, {});
        else
            probe_ = loop_.after(kRoomProbe, [this] { look_for_room(); });
    }

    void try_to_recover() {
        backoff_ = std::min(backoff_ * 2, kRecoverMax);
        recover_or_break();
        if (state_ != State::kWriting) return;
        backoff_ = kRecoverFirst;
        if (!waiting_.empty()) drain();
    }

    void recover_or_break() {
        auto done = journal_.recover();
        become(done ? State::kWriting : State::kBroken, done ? Error{} : done.error());
    }

    void wait_for_quiet() {
        const bool due = clock_.monotonic() >= prune_at_;
        if (state_ != State::kWriting || (!due && journal_.wal_bytes() <= options_.wal_idle_bytes)) return;
        quiet_ = loop_.after(kQuiet, [this] { use_quiet(); });
    }

    void use_quiet() {
        if (waiting_.urgent() || state_ != State::kWriting) return;
        if (journal_.wal_bytes() > options_.wal_idle_bytes) checkpoint();
        if (state_ != State::kWriting || clock_.monotonic() < prune_at_) return;
        static_cast<void>(journal_.restore_ballast());  // should it be missing
        // Without a clock that can be trusted nobody knows what is old enough.
        const Retention retention{.keep = options_.retention, .now = clock_.wall(), .since_boot = clock_.monotonic()};
        Result<std::int64_t> gone = 0;
        if (clock_trusted_) gone = journal_.prune(retention, kPruneRows);
        if (!gone && needs_recovery(gone.error())) recover_or_break();
        const bool more = gone && *gone == kPruneRows;
        if (!more) prune_at_ = clock_.monotonic() + kPruneEvery;
        if (more) quiet_ = loop_.after(kPrunePause, [this] { use_quiet(); });
    }

    // A full disk is no reason to stop: the log still takes sales as long as it has room.
    void checkpoint() {
        auto done = journal_.checkpoint();
        if (!done && needs_recovery(done.error())) recover_or_break();
    }

    Journal& journal_;
    EventLoop& loop_;
    const Clock& clock_;
    const WriterOptions options_;
    WaitingWork waiting_;
    std::function<void(JournalNumber)> growth_;
    std::atomic<bool> clock_trusted_ = false;

    State state_ = State::kWriting;
    Duration backoff_ = kRecoverFirst;
    MonotonicTime prune_at_;
    mutable std::mutex trouble_mutex_;
    std::optional<Error> trouble_;

    std::optional<ClockSight> sight_;  // not written yet
    Timer company_, probe_, quiet_;
};

}  // namespace

std::unique_ptr<Writer> Writer::make(Journal& journal, EventLoop& loop, const Clock& clock, WriterOptions options) {
    return std::make_unique<GroupWriter>(journal, loop, clock, options);
}

}  // namespace tillkeeper::storage
