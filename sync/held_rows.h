// HeldRows: what one destination holds, as the journal says, corrected by what was reported but may not be committed
// yet; and the ready ones among it that are to be delivered outside the cursor's order. [sync-6]
//
// Memory does not grow with the number of held rows: they are looked up or walked through page by page.
// Ownership: the reader outlives it. Thread: the sync loop.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "platform/clock.h"
#include "storage/journal_reader.h"

namespace tillkeeper::sync {

class HeldRows {
  public:
    HeldRows(storage::JournalReader& reader, std::string destination)
        : reader_(reader), destination_(std::move(destination)) {}

    // Reported to the writer just now. The journal may say otherwise for a moment; this is believed first.
    void reported_held(storage::JournalNumber number, MonotonicTime now) { remember(number, true, now); }
    void reported_gone(storage::JournalNumber number, MonotonicTime now) { remember(number, false, now); }

    // A row for it exists, in whatever state.
    [[nodiscard]] Result<bool> holds(storage::JournalNumber number, MonotonicTime now);
    // Which numbers in (after, last] have a row in the journal. Ascending.
    [[nodiscard]] Result<std::vector<storage::JournalNumber>> between(storage::JournalNumber after,
                                                                      storage::JournalNumber last);

    struct Walk {
        std::vector<storage::Entry> ready;  // with the body to send; transaction id and number are the original's
        bool more = false;                  // the walk is not at its end
        bool undecided = false;  // some may be ready as soon as what was reported shows in the journal: look again
    };
    // Walks on by one page, at most `room` ready ones. What it returns counts as being delivered until done().
    // Ready are rows in state kReady, and waiting ones whose cause has gone without taking them along.
    [[nodiscard]] Result<Walk> walk(std::size_t room, MonotonicTime now);
    // The entry whose body was sent for `number`, which walk() returned; it is not being delivered any more.
    storage::JournalNumber done(storage::JournalNumber number);

  private:
    struct Report {
        bool held = false;
        MonotonicTime until{};
    };
    void remember(storage::JournalNumber number, bool held, MonotonicTime now);
    [[nodiscard]] Result<bool> is_ready(const storage::HeldItem& row, MonotonicTime now, Walk& walk);
    [[nodiscard]] Result<void> load(const storage::HeldItem& row, Walk& walk);

    storage::JournalReader& reader_;
    std::string destination_;
    std::map<storage::JournalNumber, Report> reports_;
    std::map<storage::JournalNumber, storage::JournalNumber> delivering_;  // number -> entry of the body
    storage::JournalNumber walked_ = 0;
};

}  // namespace tillkeeper::sync
