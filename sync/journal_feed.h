// JournalFeed: brings the journal's entries, page by page, into the lanes of one destination.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/journal_reader.h"
#include "sync/held_rows.h"
#include "sync/lane.h"
#include "sync/two_windows.h"

namespace tillkeeper::sync {

class JournalFeed {
  public:
    // `types`: as subscribes() takes them.
    JournalFeed(storage::JournalReader& reader, HeldRows& held, const std::vector<std::string>& types)
        : reader_(reader), held_(held), types_(types) {}

    // Reads the next page, not beyond the number `end`. What is not for this destination, or has a held row already, is
    // settled at once; the rest goes to `take`. False: there is nothing more now, or the window is full.
    [[nodiscard]] Result<bool> page(Window& window, storage::JournalNumber end, storage::ReadLimits limits,
                                    const std::function<void(storage::Entry)>& take);

    // The last one at or below `cursor` that this destination took, if it is not far.
    [[nodiscard]] Result<std::optional<storage::Entry>> last_taken(storage::JournalNumber cursor);

    // Whether `entry` may leave, with regard to the one it refers to.
    [[nodiscard]] Clearance clearance(const storage::Entry& entry, const TwoWindows& windows, MonotonicTime now);

  private:
    [[nodiscard]] bool wanted(const storage::Entry& entry) const;

    storage::JournalReader& reader_;
    HeldRows& held_;
    const std::vector<std::string>& types_;
};

}  // namespace tillkeeper::sync
