// ProgressRows: cursors and held transactions, as the writing connection changes them. Transactions are the caller's.
// Ownership: borrows the connection. Thread: the journal thread.
#pragma once

#include <optional>
#include <span>

#include "storage/body_codec.h"
#include "storage/progress.h"
#include "storage/sqlite.h"

namespace tillkeeper::storage {

class ProgressRows {
  public:
    [[nodiscard]] static Result<ProgressRows> prepare(Connection& connection, const BodyCodec& codec);

    // hold, then delivered, booked (unless that is damaged), cursor. `newest`: no cursor is moved past what exists.
    [[nodiscard]] Result<void> apply(const Progress& progress, JournalNumber newest, bool documents_whole);
    // Inserts, or replaces unless a person's newer repair stands there already.
    [[nodiscard]] Result<void> hold(const HeldItem& item);
    // Removes the row; what waited for it becomes ready.
    [[nodiscard]] Result<void> release(const std::string& destination, JournalNumber number);
    [[nodiscard]] Result<std::optional<HeldItem>> find(const std::string& destination, JournalNumber number);
    // Each of them has a cursor. Writes nothing.
    [[nodiscard]] Result<bool> all_registered(std::span<const std::string> names);
    // A cursor for each name; a new one stands at `start`.
    [[nodiscard]] Result<void> register_destinations(std::span<const std::string> names, JournalNumber start);

  private:
    explicit ProgressRows(const BodyCodec& codec) : codec_(&codec) {}
    const BodyCodec* codec_;
    Statement hold_, unless_gone_, remove_, wake_, booked_, cursor_, find_, register_, registered_;
};

// Whether every page of the documents can be read.
[[nodiscard]] Result<bool> documents_whole(Connection& connection);

// The columns of `held` in the order that held_item() expects.
inline constexpr std::string_view kHeldColumns = "destination, number, state, reason, waits_for, body_number, since";
[[nodiscard]] HeldItem held_item(const Statement& statement, const BodyCodec& codec);
// Its reason as it lies in the file: a destination may have said whom it is about. [storage-10]
[[nodiscard]] Result<std::string> stored_reason(const HeldItem& item, const BodyCodec& codec);

}  // namespace tillkeeper::storage
