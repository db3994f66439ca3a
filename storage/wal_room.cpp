#include "storage/wal_room.h"

#include <array>

namespace tillkeeper::storage {
namespace {

sqlite3_file* wal_file(Connection& connection) {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(connection.raw(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) != SQLITE_OK)
        return nullptr;
    return file != nullptr && file->pMethods != nullptr ? file : nullptr;
}

}  // namespace

Result<void> make_wal_room(Connection& connection, std::int64_t bytes) {
    sqlite3_file* file = wal_file(connection);
    if (file == nullptr) return fail(ErrorCode::kInternal, "journal: there is no write-ahead log");
    sqlite3_int64 size = 0;
    if (const int code = file->pMethods->xFileSize(file, &size); code != SQLITE_OK)
        return std::unexpected(sqlite_error(connection.raw(), code, "cannot measure the log"));
    if (size != 0) return {};  // frames that somebody may need; there is room already
    static constexpr std::array<char, 16384> kZeros{};
    // The old log must be gone for good first: a part of it before zeros would be read as an older, whole log.
    int code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    for (sqlite3_int64 at = 0; code == SQLITE_OK && at < bytes; at += static_cast<int>(kZeros.size()))
        code = file->pMethods->xWrite(file, kZeros.data(), static_cast<int>(kZeros.size()), at);
    if ((code & 0xff) == SQLITE_FULL) code = SQLITE_OK;
    if (code == SQLITE_OK) code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(connection.raw(), code, "cannot make room for the log"));
    return {};
}

}  // namespace tillkeeper::storage
