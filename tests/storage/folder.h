// A journal's folder of its own for each test, and entries to fill it with.
#pragma once

#include <string>

#include "storage/journal.h"
#include "storage/journal_reader.h"

namespace tillkeeper::storage {

// Empty at first; removed with everything in it at the end.
class Folder {
  public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string database() const { return path_ + "/journal.db"; }
    // A small ballast keeps tests quick.
    [[nodiscard]] JournalOptions options(std::string key = "", std::string vfs = "") const;

  private:
    std::string path_;
};

// A sale of till "t1"; `id` is part of the body, `extra` makes another content.
[[nodiscard]] NewEntry sale(const std::string& id, const std::string& extra = "");
[[nodiscard]] NewEntry quarantined(const std::string& id);
// A UUID in the form of version 7: grows with `n`.
[[nodiscard]] std::string uuid(std::uint64_t n);
// An instant `hours` after 2026-11-20T10:00:00Z.
[[nodiscard]] WallTime at_hour(std::int64_t hours);

// Fails the test where the result is an error.
[[nodiscard]] std::unique_ptr<Journal> opened(const JournalOptions& options);
[[nodiscard]] std::unique_ptr<JournalReader> reading(const JournalOptions& options);
Receipt put(Journal& journal, const NewEntry& entry);
[[nodiscard]] Decision decision(Decision::Kind kind, const std::string& destination, JournalNumber number,
                                const std::string& body = "");
[[nodiscard]] HeldItem held_at(const std::string& destination, JournalNumber number, HeldState state = HeldState::kHeld,
                               JournalNumber waits_for = 0);
void report(Journal& journal, const Progress& progress);

// Changes the file behind the program's back, with nobody else in it.
void meddle(const std::string& database, const std::string& sql);
// The first column of the first row.
[[nodiscard]] std::string ask(const std::string& database, const std::string& sql);

}  // namespace tillkeeper::storage
