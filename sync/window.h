// Window: which journal numbers are settled for one destination, and how far its cursor may go. Pure.
//
// Settled means delivered, held, waiting, or not for this destination. The cursor is the greatest number such that
// everything up to it is settled: it never passes a number that is not. [sync-4] Numbers may be settled in any order.
// Memory: one byte per number above the cursor, at most kWindowNumbersMax.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>

#include "storage/entry.h"

namespace tillkeeper::sync {

inline constexpr std::size_t kWindowNumbersMax = 65536;

class Window {
  public:
    explicit Window(storage::JournalNumber cursor) : cursor_(cursor), loaded_(cursor) {}

    // The journal's entry `number` was read; numbers come ascending after loaded(). Numbers skipped in between do
    // not exist any more and count as settled. False: it is settled already (after rewind()).
    [[nodiscard]] bool load(storage::JournalNumber number);
    // `number` is loaded, or lies above the cursor.
    void settle(storage::JournalNumber number);
    // Forgets what was loaded, so that reading starts at the cursor again; what is settled stays settled.
    void rewind() { loaded_ = cursor_; }

    [[nodiscard]] storage::JournalNumber cursor() const { return cursor_; }
    [[nodiscard]] storage::JournalNumber loaded() const { return loaded_; }
    [[nodiscard]] bool full() const { return loaded_ - cursor_ >= std::int64_t{kWindowNumbersMax}; }
    // Loaded or not, this number is still to be settled. False at or below the cursor.
    [[nodiscard]] bool open(storage::JournalNumber number) const;

  private:
    std::uint8_t& slot(storage::JournalNumber number);
    void advance();

    storage::JournalNumber cursor_;
    storage::JournalNumber loaded_;
    std::deque<std::uint8_t> settled_;  // [0] stands for cursor_ + 1
};

// The lane that carries all transactions of `till`; the same in every run (FNV-1a).
[[nodiscard]] std::size_t lane_of(std::string_view till, std::size_t lanes);

}  // namespace tillkeeper::sync
