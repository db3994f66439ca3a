#include "till/outbox_file.h"

#include <cerrno>

namespace tillkeeper::pos {
namespace {

ErrorCode kind_of(sqlite3* db, int code) {
    const int cause = db == nullptr ? 0 : sqlite3_system_errno(db);
    if ((code & 0xff) == SQLITE_IOERR && (cause == ENOSPC || cause == EDQUOT) && code == SQLITE_IOERR_WRITE)
        return ErrorCode::kStorageFull;
    switch (code & 0xff) {
        case SQLITE_FULL:
            return ErrorCode::kStorageFull;
        case SQLITE_IOERR:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
            return ErrorCode::kIo;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return ErrorCode::kCorrupt;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return ErrorCode::kUnavailable;
        default:
            return ErrorCode::kInternal;
    }
}

std::unexpected<Error> failed(sqlite3* db, int code, const std::string& doing) {
    return fail(kind_of(db, code),
                "outbox: " + doing + ": " + sqlite3_errstr(code) + " (SQLite " + std::to_string(code) + ")");
}

}  // namespace

OutboxStatement& OutboxStatement::bind(int index, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), index, value);
    return *this;
}

OutboxStatement& OutboxStatement::bind(int index, std::string_view text) {
    const char* data = text.data() == nullptr ? "" : text.data();
    sqlite3_bind_text64(statement_.get(), index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Result<bool> OutboxStatement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    sqlite3* db = sqlite3_db_handle(statement_.get());
    const int extended = code == SQLITE_DONE ? SQLITE_OK : sqlite3_extended_errcode(db);
    reset();
    if (code == SQLITE_DONE) return false;
    return failed(db, extended, "cannot read or write");
}

Result<void> OutboxStatement::run() {
    auto row = step();
    reset();
    if (!row) return std::unexpected(std::move(row.error()));
    return {};
}

std::string OutboxStatement::text(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    if (data == nullptr) return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Result<OutboxFile> OutboxFile::open(const std::string& path, const std::string& vfs) {
    sqlite3* db = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(path.c_str(), &db, flags, vfs.empty() ? nullptr : vfs.c_str());
    OutboxFile file(db);
    if (code != SQLITE_OK) return failed(db, code, "cannot open " + path);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    // One connection, and no memory shared with others. A checkpoint of SQLite's own would hide its failure from us.
    const char* const wishes =
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=EXTRA; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;"
        "PRAGMA foreign_keys=OFF; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; BEGIN IMMEDIATE; COMMIT";
    if (auto done = file.execute(wishes); !done) return std::unexpected(std::move(done.error()));
    auto mode = file.prepare("PRAGMA journal_mode");
    if (!mode) return std::unexpected(std::move(mode.error()));
    if (auto row = mode->step(); !row || !*row || mode->text(0) != "wal")
        return row ? fail(ErrorCode::kIo, "outbox: this disk cannot keep a log: journal_mode is " + mode->text(0))
                   : std::unexpected(std::move(row.error()));
    return file;
}

Result<OutboxStatement> OutboxFile::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(db_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (code != SQLITE_OK) return failed(db_.get(), code, "cannot prepare");
    return OutboxStatement(statement);
}

Result<void> OutboxFile::execute(const char* sql) {
    const int code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return failed(db_.get(), code, "cannot read or write");
    return {};
}

Result<std::int64_t> OutboxFile::integer(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return std::unexpected(std::move(statement.error()));
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    return *row ? statement->integer(0) : 0;
}

void OutboxFile::rollback() {
    if (sqlite3_get_autocommit(db_.get()) == 0) sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> OutboxFile::checkpoint() {
    const int code = sqlite3_wal_checkpoint_v2(db_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK) return failed(db_.get(), code, "cannot move the log into the file");
    return {};
}

std::uint64_t OutboxFile::log_bytes() const {
    sqlite3_file* file = nullptr;
    sqlite3_int64 size = 0;
    if (sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) != SQLITE_OK) return 0;
    if (file == nullptr || file->pMethods == nullptr || file->pMethods->xFileSize(file, &size) != SQLITE_OK) return 0;
    return static_cast<std::uint64_t>(size);
}

}  // namespace tillkeeper::pos
