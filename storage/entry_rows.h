// EntryRows: entries as rows, over one connection; used by the journal and by readers.
// Ownership: borrows connection and codec. Thread: the connection's.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "storage/body_codec.h"
#include "storage/entry.h"
#include "storage/hash_chain.h"
#include "storage/journal_reader.h"
#include "storage/sqlite.h"

namespace tillkeeper::storage {

// A transaction id in the form that takes least room: a UUID in canonical lower case as 16 bytes, else the text.
struct PackedId {
    explicit PackedId(std::string_view id);
    void bind(Statement& statement, int index) const;
    std::string bytes;
    bool uuid = false;
};
[[nodiscard]] std::string unpack_id(const Statement& statement, int column);

// What deduplication needs to know of an entry that was handed over under the same id.
struct Twin {
    JournalNumber number = 0;
    Digest hash{};
    EntryKind kind = EntryKind::kTransaction;
    bool same_body = false;
};

class EntryRows {
  public:
    [[nodiscard]] static Result<EntryRows> prepare(Connection& connection, BodyCodec& codec);

    // Appends after `tail` and moves it. The transaction is the caller's.
    [[nodiscard]] Result<void> append(const NewEntry& entry, const Digest& body_digest, ChainLink& tail);
    // All that tills handed over under this id, oldest first. A damaged one has another body than any other.
    [[nodiscard]] Result<std::vector<Twin>> twins(const std::string& transaction_id, const Digest& body_digest);

    [[nodiscard]] Result<std::vector<Entry>> read_after(JournalNumber after, ReadLimits limits);
    [[nodiscard]] Result<std::optional<Entry>> entry(JournalNumber number);
    [[nodiscard]] Result<void> note_clock(const ClockSight& sight);
    [[nodiscard]] Result<ChainLink> newest();      // zero when empty
    [[nodiscard]] Result<JournalNumber> oldest();  // zero when empty
    // After a rollback: boots that were written in it are unknown again.
    void forget_boots() { boots_.clear(); }

  private:
    EntryRows(Connection& connection, BodyCodec& codec) : connection_(&connection), codec_(&codec) {}
    [[nodiscard]] Result<std::int64_t> boot_row(const std::string& boot_id);
    [[nodiscard]] Entry current_row(const Statement& row);
    [[nodiscard]] Result<JournalNumber> last_removed();
    [[nodiscard]] Result<void> name_missing(JournalNumber expected, JournalNumber found, std::size_t entries_max,
                                            std::vector<Entry>& entries);
    [[nodiscard]] Result<std::vector<Entry>> one_by_one(JournalNumber from, ReadLimits limits);

    Connection* connection_;
    BodyCodec* codec_;
    Statement insert_, twins_, after_, one_;
    std::map<std::string, std::int64_t> boots_;
};

[[nodiscard]] Digest to_digest(std::string_view bytes);
[[nodiscard]] std::string_view as_bytes(const Digest& digest);

}  // namespace tillkeeper::storage
