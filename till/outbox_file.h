// The outbox's SQLite file: a connection that holds it alone, and its statements. Only outbox.cpp includes this.
//
// Errors: SQLITE_FULL -> kStorageFull; IOERR, READONLY and CANTOPEN -> kIo; CORRUPT and NOTADB -> kCorrupt; BUSY ->
// kUnavailable (another program has it); everything else is kInternal.
// Thread: one at a time. Statements go before their file.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper::pos {

class OutboxStatement {
  public:
    OutboxStatement() = default;
    explicit OutboxStatement(sqlite3_stmt* statement) : statement_(statement) {}
    // Parameters count from 1. Texts are copied.
    OutboxStatement& bind(int index, std::int64_t value);
    OutboxStatement& bind(int index, std::string_view text);
    // True: a row is there. Without one, or on failure, it is reset.
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] Result<void> run();
    void reset() { sqlite3_reset(statement_.get()); }
    // Columns count from 0.
    [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
    [[nodiscard]] std::string text(int column) const;

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class OutboxFile {
  public:
    // Opens or creates, and takes it for itself alone. `vfs` "": the system's.
    [[nodiscard]] static Result<OutboxFile> open(const std::string& path, const std::string& vfs);
    [[nodiscard]] Result<OutboxStatement> prepare(std::string_view sql);
    [[nodiscard]] Result<void> execute(const char* sql);
    [[nodiscard]] Result<std::int64_t> integer(std::string_view sql);  // first column of the first row; 0 without
    // Ends an open transaction without its changes.
    void rollback();
    // Moves everything from the log into the file, synced, and empties the log. An error: what is durable is unknown.
    [[nodiscard]] Result<void> checkpoint();
    [[nodiscard]] std::uint64_t log_bytes() const;

  private:
    explicit OutboxFile(sqlite3* db) : db_(db) {}
    struct Close {
        void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
    };
    std::unique_ptr<sqlite3, Close> db_;
};

}  // namespace tillkeeper::pos
