// Pots: sums that entries draw on, and that never give more than their limit. [storage-13]
//
// Rows of the journal's own file, written in the transaction that stores the entry: whoever asks, a crash and a
// repeated hand-over find the entry and its spends together, or neither. Ownership: borrows the connection. Thread: its
// own.
#pragma once

#include <span>

#include "storage/entry.h"
#include "storage/sqlite.h"

namespace tillkeeper::storage {

inline constexpr std::size_t kSpendsMax = 16;  // of one entry
inline constexpr std::size_t kPotNameBytesMax = 128;

// kInvalid: a pot without a name, or a negative amount or limit; kLimit: a long name, or too many.
[[nodiscard]] Result<void> check_spends(std::span<const Spend> spends);

// For the entry with that number; several of one pot count one after the other. False: they cannot all be had, and
// nothing was written. The transaction is the caller's.
[[nodiscard]] Result<bool> spend(Connection& connection, std::span<const Spend> spends, JournalNumber number);
[[nodiscard]] Result<PotState> state_of(Connection& connection, const std::string& pot);
// Pots whose newest entry is not after `last`.
[[nodiscard]] Result<void> remove_pots_through(Connection& connection, JournalNumber last);
// False: a page of them is damaged.
[[nodiscard]] Result<bool> pots_whole(Connection& connection);

}  // namespace tillkeeper::storage
