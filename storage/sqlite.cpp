#include "storage/sqlite.h"

#include <cerrno>

namespace tillkeeper::storage {
namespace {

bool no_room(sqlite3* db, int code) {
    // The shared-memory file of the log cannot grow on a full disk; SQLite calls that an I/O error.
    const bool growing = code == SQLITE_IOERR_SHMSIZE || code == SQLITE_IOERR_WRITE;
    const int cause = db == nullptr ? 0 : sqlite3_system_errno(db);
    return growing && (cause == ENOSPC || cause == EDQUOT);
}

ErrorCode kind_of(sqlite3* db, int code) {
    if (no_room(db, code)) return ErrorCode::kStorageFull;
    switch (code & 0xff) {
        case SQLITE_FULL:
            return ErrorCode::kStorageFull;
        case SQLITE_IOERR:
        case SQLITE_READONLY:
            return ErrorCode::kIo;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return ErrorCode::kCorrupt;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
        case SQLITE_NOMEM:
            return ErrorCode::kUnavailable;
        case SQLITE_CANTOPEN:
            return ErrorCode::kNotFound;
        default:
            return ErrorCode::kInternal;
    }
}

}  // namespace

Error sqlite_error(sqlite3* db, int code, std::string_view doing) {
    std::string message =
        "journal: " + std::string(doing) + ": " + sqlite3_errstr(code) + " (SQLite " + std::to_string(code) + ")";
    return {kind_of(db, code), std::move(message)};
}

Statement& Statement::bind(int index, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), index, value);
    return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
    const char* data = text.data() == nullptr ? "" : text.data();
    sqlite3_bind_text64(statement_.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
    const char* data = bytes.data() == nullptr ? "" : bytes.data();
    sqlite3_bind_blob64(statement_.get(), index, data, bytes.size(), SQLITE_STATIC);
    return *this;
}

Statement& Statement::bind_null(int index) {
    sqlite3_bind_null(statement_.get(), index);
    return *this;
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    sqlite3* db = sqlite3_db_handle(statement_.get());
    if (code != SQLITE_DONE) {
        Error error = sqlite_error(db, sqlite3_extended_errcode(db), "statement failed");
        reset();
        return std::unexpected(std::move(error));
    }
    reset();
    return false;
}

Result<void> Statement::run() {
    auto row = step();
    reset();
    if (!row) return std::unexpected(std::move(row.error()));
    return {};
}

void Statement::reset() {
    if (statement_) sqlite3_reset(statement_.get());
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    if (data == nullptr) return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
bool Statement::is_blob(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_BLOB;
}

Result<Connection> Connection::open(const std::string& path, Mode mode, const std::string& vfs) {
    // Before the first connection: nobody asks SQLite how much memory it took, and counting it locks in each
    // allocation.
    [[maybe_unused]] static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    const int access = mode == Mode::kWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    sqlite3* db = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &db, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                     vfs.empty() ? nullptr : vfs.c_str());
    Connection connection(db);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(db, code, "cannot open " + path));
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_busy_timeout(db, 2000);
    return connection;
}

Result<Statement> Connection::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                        &statement, nullptr);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(db_.get(), code, "cannot prepare a statement"));
    return Statement(statement);
}

Result<Statement*> Connection::kept(std::string_view sql) {
    if (const auto found = kept_.find(sql); found != kept_.end()) return &found->second;
    auto statement = prepare(sql);
    if (!statement) return std::unexpected(std::move(statement.error()));
    return &kept_.emplace(sql, std::move(*statement)).first->second;
}

Result<void> Connection::execute(const std::string& sql) {
    const int code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(db_.get(), code, "cannot execute"));
    return {};
}

Result<std::int64_t> Connection::integer(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return std::unexpected(std::move(statement.error()));
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    return *row ? statement->integer(0) : 0;
}

Result<std::string> Connection::text(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return std::unexpected(std::move(statement.error()));
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return std::string();
    std::string value(statement->bytes(0));
    // What the statement writes is committed when it ends: only then is it known whether that worked.
    while (*row)
        if (row = statement->step(); !row) return std::unexpected(std::move(row.error()));
    return value;
}

std::uint64_t Connection::bytes() const {
    std::uint64_t all = 0;
    for (const int which : {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER}) {
        sqlite3_file* file = nullptr;
        sqlite3_int64 size = 0;
        if (sqlite3_file_control(db_.get(), "main", which, &file) != SQLITE_OK) continue;
        if (file == nullptr || file->pMethods == nullptr) continue;
        if (file->pMethods->xFileSize(file, &size) == SQLITE_OK) all += static_cast<std::uint64_t>(size);
    }
    return all;
}

bool Connection::rollback() {
    if (!db_ || sqlite3_get_autocommit(db_.get()) != 0) return true;
    sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    return sqlite3_get_autocommit(db_.get()) != 0;
}

}  // namespace tillkeeper::storage
