// tillkeeper-till: the till's side of the till bus. Link it, hand over sales, hear what became of them.
//
//     auto till = Till::open(settings, events);              // one file beside your program is its memory
//     auto receipt = till->hand_over(sale);                  // kept safe on this till's disk before it returns
//     while (selling) till->run_once(100ms);                 // sends, sends again, calls events.answered
//
// A sale that hand_over() took is sent until the store's box has answered it, over broken connections, restarts and
// power cuts of either side: README.md has the promises.
//
// Thread: it makes none. A Till is used by one thread at a time; callbacks come only from within run_once(). Either
// give it a thread of its own, or call run_once(0ms) whenever descriptor() is readable in the loop that you have.
// Ownership: a Till owns its file, its connection and your callbacks. Needs C++17. Throws nothing, but for new_id()
// when there is no memory; what a callback throws comes back as kInternal.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "till/till_failure.h"
#include "till/till_values.h"

namespace tillkeeper::pos {

class Till {
  public:
    // Opens or creates the outbox and begins to connect. Fails: kInvalid (a setting), kInUse (another program has the
    // outbox), kDamaged, kTooNew, kDisk, kStorageFull. An unreachable store is no failure.
    [[nodiscard]] static Try<Till> open(Settings settings, Events events);
    Till(Till&& other) noexcept;
    Till& operator=(Till&& other) noexcept;
    // Without close(): the store sees this till as lost rather than gone. Nothing that was handed over is lost.
    ~Till();

    // When it returns a receipt, the sale is on this till's disk, synced, with an id and a till_sequence that were
    // never given before. When it fails, nothing is promised: do not treat the sale as safe. kInvalid, kStorageFull,
    // kLimit: nothing was kept. kDisk: nothing was kept, or that cannot be known now; hand over again with the same
    // Sale::id (take one from new_id() before), and it is kept once. Blocks as long as the disk needs to sync.
    // Calls nobody back.
    [[nodiscard]] Try<Receipt> hand_over(const Sale& sale);
    // For Sale::id: a UUID of version 7, later ones sort after earlier ones. Never the same twice.
    [[nodiscard]] std::string new_id();

    // Waits until something can be done, at most `wait_max`, and does it: connects, sends, takes answers, calls back.
    // Call it at least every five seconds, or the broker takes this till for lost. Fails (kDisk, kStorageFull,
    // kDamaged) when the outbox cannot be read or written; sales in it stay, and the next call tries again.
    Try<Nothing> run_once(std::chrono::milliseconds wait_max);
    // Readable when run_once(0ms) has something to do, also when only time has passed. Constant; not yours to close.
    [[nodiscard]] int descriptor() const;

    [[nodiscard]] bool online() const;
    [[nodiscard]] Counts counts() const;
    // What was refused for good and is kept until drop_refused(); oldest first, at most `max`.
    [[nodiscard]] Try<std::vector<RefusedSale>> refused(std::size_t max = 100);
    // Forgets it: the only way in which an unanswered or refused sale ever leaves. kNotFound if none such is refused.
    Try<Nothing> drop_refused(const std::string& id);

    // Tells the store that this till goes, and leaves. What is unanswered waits in the outbox, which the destructor
    // frees for the next open().
    void close();

  private:
    class Inside;
    explicit Till(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace tillkeeper::pos
