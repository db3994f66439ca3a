// Lane: the transactions of some tills on their way to one destination. Pure: time and randomness are arguments.
//
// At most one batch is in flight. A till's transactions leave in the order of their numbers; what a destination says
// `again` to, while it takes others of the same batch, comes before everything later of its till [sync-4]. What a batch
// failed on is found by halving: the guilty transaction ends up alone. Rejected alone: it is held [sync-6]. Failing
// alone: it becomes a suspect, its till waits, the others go on, and Evidence decides; while the service takes nobody,
// nobody is condemned [sync-5].
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/entry.h"
#include "sync/answer.h"
#include "sync/backoff.h"
#include "sync/evidence.h"
#include "sync/settled.h"

namespace tillkeeper::sync {

struct LaneLimits {
    std::size_t items_max = 200;
    std::size_t bytes_max = std::size_t{1} << 20;  // of bodies; one item goes all the same
    BackoffPolicy backoff{};
};

class Lane {
  public:
    explicit Lane(LaneLimits limits) : limits_(limits), size_(limits.items_max), backoff_(limits.backoff) {}

    void add(storage::Entry entry);

    // Takes the next batch into flight; it stays in in_flight() until finish(). Empty: nothing may leave now, ask
    // again at next_try(). What waits for a held one goes to `settled`.
    [[nodiscard]] const std::vector<storage::Entry>& take(MonotonicTime now, const Gate& gate,
                                                          std::vector<Settled>& settled);
    // The items at these places (ascending) cannot be sent at all: held, with their reasons.
    void drop(const std::vector<std::pair<std::size_t, std::string>>& faults, std::vector<Settled>& settled);

    // The answer to what is in flight. `items` is empty, or one per item in flight, when the answer names items.
    void finish(const Answer& answer, const std::vector<ItemAnswer>& items, MonotonicTime now, Random& random,
                Evidence& evidence, std::vector<Settled>& settled);

    // One that was taken before. Where only suspects are left, it is sent once more under its old key: whether it is
    // taken tells whether it is the service, and breaks no order. Deliveries replace it.
    void use_as_control(storage::Entry entry);
    void retry_now(MonotonicTime now);      // ends all waiting
    void hold_off(MonotonicTime until);     // not before then: others have met an outage
    [[nodiscard]] bool forget();            // drops what is queued, to be added again; false while in flight
    void limit_batches(std::size_t items);  // not more than this for now; 0: what was before

    [[nodiscard]] const std::vector<storage::Entry>& in_flight() const { return in_flight_; }
    [[nodiscard]] bool tries_suspect() const { return busy() && turn_ == Turn::kSuspect; }
    [[nodiscard]] bool busy() const { return !in_flight_.empty(); }
    [[nodiscard]] bool may_take(MonotonicTime now) const { return !busy() && now >= not_before_; }
    [[nodiscard]] bool empty() const { return queue_.empty() && in_flight_.empty(); }
    // The next time after `now` at which take() may give what it does not give now; max(): time alone changes nothing.
    [[nodiscard]] MonotonicTime next_try(MonotonicTime now) const;
    [[nodiscard]] std::size_t items() const { return queue_.size() + in_flight_.size(); }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

  private:
    struct Suspect {
        storage::JournalNumber number = 0;
        Backoff backoff;
        MonotonicTime next_try{};
        std::uint64_t others_seen = 0;  // evidence.successes_ever() when a failure was last counted
        unsigned counted = 0;           // failures with a success of others in between: an outage adds none
    };
    enum class Turn : std::uint8_t { kOthers, kSuspect, kControl };

    void take_others(const Gate& gate, std::vector<Settled>& settled);
    [[nodiscard]] bool single_file(const storage::Entry& entry);
    void take_suspect(MonotonicTime now);
    void take_control();
    void take_at(std::size_t index);
    void settle(storage::Entry entry, Settled::Kind kind, std::string reason, std::vector<Settled>& settled);
    void put_back(std::vector<storage::Entry> entries);
    void finish_items(const std::vector<ItemAnswer>& items, std::vector<Settled>& settled);
    void succeeded(Evidence& evidence, MonotonicTime now);
    void failed(const Answer& answer, MonotonicTime now, Random& random, Evidence& evidence,
                std::vector<Settled>& settled);
    void suspect_failed(const Answer& answer, MonotonicTime now, Random& random, Evidence& evidence,
                        std::vector<Settled>& settled);
    void finish_control(bool taken, const Answer& answer, MonotonicTime now, Random& random, Evidence& evidence);
    void halve() { size_ = std::max<std::size_t>(in_flight_.size() / 2, 1); }

    LaneLimits limits_;
    std::deque<storage::Entry> queue_;  // ascending
    std::vector<storage::Entry> in_flight_;
    std::size_t bytes_ = 0;  // bodies of both
    std::size_t size_;       // of the next batch; halved where content may be at fault, doubled with successes
    std::size_t probe_ = 0;  // instead, if smaller; 0: none
    Backoff backoff_;
    bool others_failing_ = false;  // the last one that was no suspect failed
    MonotonicTime not_before_{};
    unsigned suspicious_in_row_ = 0;
    std::map<std::string, Suspect> suspects_;  // by till
    // By till: up to this number some were answered `again` while others of their batch were settled.
    std::map<std::string, storage::JournalNumber> single_file_;
    Turn turn_ = Turn::kOthers;              // what is in flight
    std::optional<storage::Entry> control_;  // delivered before
};

}  // namespace tillkeeper::sync
