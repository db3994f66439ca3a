// The tables of an outbox, over an open file. Only outbox.cpp includes this. Errors and thread: see outbox_file.h.
#pragma once

#include <optional>
#include <string>

#include "till/outbox.h"
#include "till/outbox_file.h"

namespace tillkeeper::pos {

class Outbox::Rows {
  public:
    explicit Rows(OutboxFile file) : file_(std::move(file)) {}

    // Makes the tables where there are none. kTooNew, kInvalid (another till's), kCorrupt.
    [[nodiscard]] Result<void> prepare(const OutboxOwner& owner);
    [[nodiscard]] Result<std::int64_t> next_sequence();
    [[nodiscard]] Result<std::int64_t> count(KeptSale::State state);

    [[nodiscard]] Result<void> insert(const KeptSale& sale);
    [[nodiscard]] Result<std::optional<KeptSale>> first(std::string_view where, std::int64_t number,
                                                        const std::string& text);
    // A synced commit. It must change a page: SQLite writes nothing for a row that stays as it is.
    [[nodiscard]] Result<void> touch();
    // State and problem of a sale; false when it is in no such state `from`.
    [[nodiscard]] Result<bool> move(std::int64_t sequence, KeptSale::State from, KeptSale::State to,
                                    const std::string& problem, bool synced);
    [[nodiscard]] OutboxFile& file() { return file_; }

  private:
    [[nodiscard]] Result<void> create(const OutboxOwner& owner);
    [[nodiscard]] Result<void> write_sale(const KeptSale& sale);
    [[nodiscard]] Result<bool> write_move(std::int64_t sequence, KeptSale::State from, KeptSale::State to,
                                          const std::string& problem);
    // Ends the transaction with `done`: committed, or without its changes.
    template <typename T>
    [[nodiscard]] Result<T> end(Result<T> done);

    OutboxFile file_;
};

// FNV-1a: finds what rots; not meant against people.
[[nodiscard]] std::uint64_t fingerprint(std::string_view bytes, std::uint64_t seed = 0xcbf29ce484222325U);

}  // namespace tillkeeper::pos
