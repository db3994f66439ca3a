#include "storage/open_file.h"

#include <string>

#include "storage/schema.h"

namespace tillkeeper::storage {
namespace {

const std::string kPragmas = "PRAGMA page_size = " + std::to_string(kPageBytes) +
                             "; PRAGMA cache_size = -512; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
                             "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;";

int on_wal(void* file, sqlite3* /*db*/, const char* /*name*/, int frames) {
    static_cast<OpenFile*>(file)->wal_frames = frames;
    return SQLITE_OK;
}

Result<void> sync_file(Connection& connection, int which) {
    sqlite3_file* file = nullptr;
    int code = sqlite3_file_control(connection.raw(), "main", which, &file);
    if (code == SQLITE_OK && file != nullptr && file->pMethods != nullptr)
        code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(connection.raw(), code, "the file is not synced"));
    return {};
}

}  // namespace

void OpenFile::count_frames() {
    sqlite3_wal_hook(connection.raw(), on_wal, this);
}

// What was written there past SQLite, and failed half-way.
Result<void> OpenFile::sync_database() {
    return sync_file(connection, SQLITE_FCNTL_FILE_POINTER);
}

Result<void> OpenFile::sync_log() {
    return sync_file(connection, SQLITE_FCNTL_JOURNAL_POINTER);
}

Result<void> OpenFile::checkpoint(Checkpoint mode) {
    if (mode == Checkpoint::kTruncate)
        if (auto synced = sync_database(); !synced) return synced;
    int log = 0;
    int moved = 0;
    const int code = sqlite3_wal_checkpoint_v2(
        connection.raw(), nullptr,
        mode == Checkpoint::kPassive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE, &log, &moved);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(connection.raw(), code, "checkpoint failed"));
    if (log == moved) wal_frames = 0;  // the next commit starts the log anew
    return {};
}

Result<void> prepare_connection(Connection& connection) {
    if (auto done = connection.execute(kPragmas); !done) return done;
    auto mode = connection.text("PRAGMA journal_mode = WAL");
    if (!mode) return std::unexpected(std::move(mode.error()));
    if (*mode != "wal") return fail(ErrorCode::kIo, "journal: the file system cannot carry a write-ahead log");
    auto done = connection.execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;");
    if (!done) return done;
    auto level = connection.integer("PRAGMA synchronous");
    if (!level) return std::unexpected(std::move(level.error()));
    return *level == 2 ? Result<void>{} : fail(ErrorCode::kInternal, "journal: synchronous is not FULL");
}

}  // namespace tillkeeper::storage
