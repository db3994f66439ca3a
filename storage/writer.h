// Writer: the way of everything that is to be made durable, from any loop to the journal thread and back.
//
// Takes all that is waiting, commits it in one transaction with one sync (group commit), then answers. While one
// group is syncing the next one gathers. Cursor moves wait up to `progress_delay` for a sale to travel with, since
// losing one only means delivering again under the same key.
// After a failed sync it recovers the journal before the next answer and hands the group over again.
// Threads: offer, report and decide from any thread; callbacks run on the loop named in the call.
#pragma once

#include <functional>
#include <memory>

#include "platform/clock.h"
#include "platform/event_loop.h"
#include "storage/journal.h"

namespace tillkeeper::storage {

struct WriterOptions {
    std::size_t waiting_max = 4096;  // entries; beyond: kLimit, the till tries again
    std::size_t group_max = 512;     // entries in one transaction
    Duration progress_delay = std::chrono::seconds(1);
    std::uint64_t wal_idle_bytes = 1u << 20;   // checkpoint when idle and the log is longer than this
    std::uint64_t wal_busy_bytes = 16u << 20;  // checkpoint between two groups when longer than this
    Duration retention = std::chrono::hours(24 * 90);
};

class Writer {
  public:
    using Accepted = std::move_only_function<void(Result<Receipt>)>;
    using Reported = std::move_only_function<void(Result<void>)>;
    using Decided = std::move_only_function<void(Result<JournalNumber>)>;

    // `journal`, `loop` (the journal thread's) and `clock` must outlive it. It is destroyed when `loop` runs no more,
    // since tasks of its own may be posted there.
    [[nodiscard]] static std::unique_ptr<Writer> make(Journal& journal, EventLoop& loop, const Clock& clock,
                                                      WriterOptions options);
    virtual ~Writer() = default;

    // kLimit at once when the queue is full or the body too long, kInvalid without an id. Otherwise `done` runs once on
    // `reply_on`, in the order of offers: with a receipt only after the sync; with kStorageFull or kUnavailable when
    // nothing may be promised. What a failed sync had stored all the same is answered as new when it comes again.
    [[nodiscard]] virtual Result<void> offer(NewEntry entry, EventLoop& reply_on, Accepted done) = 0;
    virtual void report(Progress progress) = 0;
    // The same at once: `done` runs once on `reply_on`, after the sync, or with the reason why it is not stored yet
    // (kUnavailable) or not wholly (kStorageFull: documents are left out).
    virtual void report(Progress progress, EventLoop& reply_on, Reported done) = 0;
    // Not retried after a failed write: `done` gets kUnavailable, and the person looks whether it happened.
    virtual void decide(Decision decision, EventLoop& reply_on, Decided done) = 0;

    // As Journal::note_clock; tried again with the next sale where it fails.
    virtual void note_clock(ClockSight sight) = 0;

    // Set before the first offer. Called on the journal thread after each commit that added entries (decisions add
    // one too), with the newest number.
    virtual void on_growth(std::function<void(JournalNumber)> listener) = 0;
    // Any thread: whether a new transaction could be accepted now; the reason if not.
    [[nodiscard]] virtual Result<void> accepting() const = 0;
    // Journal thread, at the end: writes everything that is still waiting.
    virtual void flush() = 0;
};

}  // namespace tillkeeper::storage
