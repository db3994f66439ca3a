// PageScrub: overwrites with zeros what lies in the database's file without belonging to any row: pages that are free,
// and the gaps of pages where rows stood before SQLite moved them elsewhere. SQLite's secure_delete leaves both behind.
//
// Pages are changed in the file itself, past SQLite, and only where SQLite reads nothing: torn or lost writes harm
// nothing, and readers may go on meanwhile. It asks for an empty cache and for a log that is wholly in the database,
// before each slice, so that no old image of a page comes back. Page 1 holds the schema alone and is left out.
// Ownership: by value. Thread: the one that writes.
#pragma once

#include <cstdint>
#include <set>

#include "storage/schema.h"
#include "storage/sqlite.h"

namespace tillkeeper::storage {

class PageScrub {
  public:
    explicit PageScrub(std::size_t page_bytes = kPageBytes) : page_bytes_(page_bytes) {}
    // Looks at some hundred pages. False: all were looked at, and what was changed is synced. The caller holds no
    // transaction, and the log is wholly in the database.
    [[nodiscard]] Result<bool> slice(Connection& connection);
    [[nodiscard]] std::int64_t done() const { return next_ - 1; }
    [[nodiscard]] std::int64_t total() const { return pages_; }

  private:
    [[nodiscard]] Result<void> rows(sqlite3_file& file);
    [[nodiscard]] Result<bool> free_pages(sqlite3_file& file, std::uint32_t first_trunk);

    std::size_t page_bytes_;
    std::int64_t next_ = 2;
    std::int64_t pages_ = 0;
    std::set<std::uint32_t> trunks_;  // pages that list free ones and are done
};

}  // namespace tillkeeper::storage
