// JournalGlance: the few facts of the journal that the store's state consists of. Twice a second somebody asks for
// them; they are read again only when something was written since.
// Ownership: the reader outlives it. Thread: the sync loop.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/journal_reader.h"

namespace tillkeeper::agent {

class JournalGlance {
  public:
    explicit JournalGlance(storage::JournalReader& reader) : reader_(reader) {}

    // Before the others, each time. On failure they say what was true before.
    [[nodiscard]] Result<void> refresh();
    [[nodiscard]] const storage::JournalBounds& bounds() const { return bounds_; }
    [[nodiscard]] storage::HeldCount held(const std::string& destination) const;  // "": quarantined
    [[nodiscard]] std::int64_t differences() const { return differences_; }
    // Entries after `number` that are about sales, which is what people count.
    [[nodiscard]] std::int64_t sales_after(storage::JournalNumber number);
    // When the first entry after `number` arrived; nothing when there is none, or when it cannot be read.
    [[nodiscard]] std::optional<WallTime> arrival_after(storage::JournalNumber number);

    // The newest entry up to `cursor` that the destination booked under a number of its own.
    [[nodiscard]] std::optional<storage::Booking> newest_booking(const std::string& destination,
                                                                 storage::JournalNumber cursor);

  private:
    storage::JournalReader& reader_;
    std::optional<std::int64_t> version_;
    storage::JournalBounds bounds_;
    std::vector<storage::HeldCount> held_;
    std::int64_t differences_ = 0;
    std::map<storage::JournalNumber, std::optional<WallTime>> arrivals_;
    struct Booked {
        storage::JournalNumber cursor = -1;
        std::optional<storage::Booking> newest;
    };
    std::map<std::string, Booked> booked_;                  // by destination, as of its cursor
    std::map<storage::JournalNumber, std::int64_t> notes_;  // of the store, after that number
};

}  // namespace tillkeeper::agent
