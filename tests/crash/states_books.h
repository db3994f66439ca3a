// Books: what must stand in a journal, written down independently of it: a small model of its whole meaning.
// Values; any thread.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "storage/body_codec.h"
#include "storage/progress.h"
#include "storage/sqlite.h"

namespace tillkeeper::crash {

struct Row {
    storage::EntryKind kind = storage::EntryKind::kTransaction;
    std::string id;
    std::string body;
    storage::JournalNumber repairs = 0;
    bool operator==(const Row&) const = default;
};

struct HeldRow {
    storage::HeldState state = storage::HeldState::kHeld;
    storage::JournalNumber waits_for = 0;
    storage::JournalNumber body_number = 0;
    bool operator==(const HeldRow&) const = default;
};

struct Pot {
    std::int64_t spent = 0;
    storage::JournalNumber number = 0;
    bool operator==(const Pot&) const = default;
};

struct Books {
    storage::JournalNumber first = 1;  // number of rows[0]
    std::vector<Row> rows;
    std::map<std::string, storage::JournalNumber> cursors;
    std::map<std::pair<std::string, storage::JournalNumber>, HeldRow> held;
    std::map<std::string, Pot> pots;
    std::map<std::pair<storage::JournalNumber, std::string>, std::string> documents;
    bool operator==(const Books&) const = default;

    [[nodiscard]] storage::JournalNumber newest() const {
        return first + static_cast<storage::JournalNumber>(rows.size()) - 1;
    }
    // The numbers under which the entries stand afterwards; 0: overspent.
    std::vector<storage::JournalNumber> commit(std::span<const storage::NewEntry> entries,
                                               std::span<const storage::Progress> progress);
    void decide(const storage::Decision& decision);
    void add_destinations(std::span<const std::string> names);
    // What has `needle` in it is replaced by `left`, and an entry says so.
    void erase(const std::string& needle, const std::string& left);
    // All entries are old.
    void prune(std::int64_t rows_max);

  private:
    storage::JournalNumber accept(const storage::NewEntry& entry);
    [[nodiscard]] bool spend(const std::vector<storage::Spend>& spends);
    void apply(const storage::Progress& progress);
    void release(const std::string& destination, storage::JournalNumber number);
};

// In plain words, where the two differ; "" where they do not.
[[nodiscard]] std::string difference(const Books& expected, const Books& found);

// What stands in the file, each entry proven by its hash in the chain; an error says what is wrong.
[[nodiscard]] Result<Books> read_books(storage::Connection& connection, storage::BodyCodec& codec);

}  // namespace tillkeeper::crash
