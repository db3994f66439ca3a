// SQLite behind two small classes: a connection and a prepared statement. Nothing outside storage/ includes this.
//
// Errors: SQLITE_FULL -> kStorageFull; IOERR and READONLY -> kIo; CORRUPT and NOTADB -> kCorrupt; BUSY, LOCKED and
// NOMEM -> kUnavailable; CANTOPEN -> kNotFound; everything else is kInternal.
// Thread: a connection and its statements are used by one thread at a time. Statements go before their connection.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.h"

namespace tillkeeper::storage {

class Statement {
  public:
    Statement() = default;
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

    // Parameters count from 1. Text and blobs are not copied: they must live until the statement is reset.
    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::string_view text);
    Statement& bind_blob(int index, std::string_view bytes);
    Statement& bind_null(int index);

    // True: a row is there. Without a row, or on failure, the statement is reset and holds no snapshot.
    [[nodiscard]] Result<bool> step();
    // For statements without rows.
    [[nodiscard]] Result<void> run();
    void reset();

    // Columns count from 0; views end with the next step or reset.
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string_view bytes(int column) const;
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] bool is_blob(int column) const;

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Ends the read of a statement when the scope ends, however it ends.
class ResetAtEnd {
  public:
    explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
    ~ResetAtEnd() { statement_.reset(); }
    ResetAtEnd(const ResetAtEnd&) = delete;
    ResetAtEnd& operator=(const ResetAtEnd&) = delete;

  private:
    Statement& statement_;
};

// All rows that are left, each as `read` makes it.
template <typename T, typename Read>
[[nodiscard]] Result<std::vector<T>> rows_of(Statement& statement, Read read) {
    std::vector<T> items;
    while (true) {
        auto row = statement.step();
        if (!row) return std::unexpected(std::move(row.error()));
        if (!*row) return items;
        items.push_back(read(statement));
    }
}

class Connection {
  public:
    enum class Mode : std::uint8_t { kWrite, kRead };
    // Neither mode ever checkpoints on close. `vfs` "": the system's.
    [[nodiscard]] static Result<Connection> open(const std::string& path, Mode mode, const std::string& vfs);

    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    // The same, kept for the next time: valid as long as the connection, for one use at a time.
    [[nodiscard]] Result<Statement*> kept(std::string_view sql);
    [[nodiscard]] Result<void> execute(const std::string& sql);        // any number of statements
    [[nodiscard]] Result<std::int64_t> integer(std::string_view sql);  // the first column of its first row; 0 without
    [[nodiscard]] Result<std::string> text(std::string_view sql);      // likewise; "" without
    // Ends an open transaction without its changes; does nothing when there is none. False: it is still open, since
    // there was no memory to end it.
    bool rollback();
    // The database and its log, as they lie on the disk; what cannot be told counts as nothing.
    [[nodiscard]] std::uint64_t bytes() const;
    [[nodiscard]] sqlite3* raw() const { return db_.get(); }

  private:
    struct Close {
        void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
    };
    explicit Connection(sqlite3* db) : db_(db) {}
    std::unique_ptr<sqlite3, Close> db_;
    std::map<std::string, Statement, std::less<>> kept_;
};

[[nodiscard]] Error sqlite_error(sqlite3* db, int code, std::string_view doing);

}  // namespace tillkeeper::storage
