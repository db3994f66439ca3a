// DayFeed: brings the books of some business days up to the journal when somebody asks, a slice at a time, so that a
// long journal delays nobody else on the loop. It begins where these days begin, and reads nothing twice.
// Memory: a DayBook for each day of the window, see there. Ownership: the reader and the loop outlive it. Thread: the
// loop's.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "agent/day/day_book.h"
#include "platform/event_loop.h"
#include "storage/journal_reader.h"

namespace tillkeeper::agent {

// First and last business day, both in it.
struct DayWindow {
    BusinessDay first;
    BusinessDay last;

    bool operator==(const DayWindow&) const = default;
    // The last three days and the next: tills may be ahead.
    [[nodiscard]] static DayWindow around(BusinessDay today);
};

class DayFeed {
  public:
    // What a till hands over later than so long after its day is not looked for.
    static constexpr auto kLateMax = std::chrono::days(8);

    DayFeed(storage::JournalReader& reader, StoreDay store, DayWindow window)
        : reader_(reader), store_(std::move(store)), window_(window) {}

    // The days go on: what falls out of the window is forgotten. A clock that jumped begins anew.
    void move_to(DayWindow window);
    // Takes one slice. True: there may be more.
    [[nodiscard]] Result<bool> step();
    using Done = std::move_only_function<void(Result<void>)>;
    // Takes everything there is, slice after slice, then calls `done`.
    void catch_up(EventLoop& loop, Done done);

    // Empty where nothing came.
    [[nodiscard]] const DayBook& book(BusinessDay day) const;
    [[nodiscard]] DayWindow window() const { return window_; }

  private:
    void next_slice(EventLoop& loop);
    void take(const storage::Entry& entry);
    [[nodiscard]] bool is_over(const storage::Entry& entry) const;

    storage::JournalReader& reader_;
    StoreDay store_;
    DayWindow window_;
    std::map<BusinessDay, DayBook> books_;
    std::optional<storage::JournalNumber> up_to_;
    std::vector<Done> waiting_;
};

// The number before the first entry that arrived at `moment` or later, by halving: some twenty reads. What arrived
// under a clock that could not be trusted counts as later, so that rather too much is read than too little.
[[nodiscard]] Result<storage::JournalNumber> number_before(storage::JournalReader& reader, WallTime moment);

}  // namespace tillkeeper::agent
