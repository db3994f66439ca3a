#include "storage/vfs_file.h"

#include <sqlite3.h>

#include <system_error>
#include <utility>

namespace tillkeeper::storage {
namespace {

sqlite3_vfs* vfs_named(const std::string& name) {
    return sqlite3_vfs_find(name.empty() ? nullptr : name.c_str());
}

std::unexpected<Error> failure(sqlite3_vfs* vfs, const std::string& doing, int code) {
    if ((code & 0xff) == SQLITE_FULL) return fail(ErrorCode::kStorageFull, "journal: the disk is full");
    const int cause = vfs->xGetLastError == nullptr ? 0 : vfs->xGetLastError(vfs, 0, nullptr);
    const std::string why = cause == 0 ? sqlite3_errstr(code) : std::generic_category().message(cause);
    return fail(ErrorCode::kIo, "journal: cannot " + doing + ": " + why);
}

}  // namespace

VfsFile::VfsFile(VfsFile&& other) noexcept
    : vfs_(other.vfs_),
      path_(std::exchange(other.path_, nullptr)),
      memory_(std::move(other.memory_)),
      file_(std::exchange(other.file_, nullptr)) {}

VfsFile::~VfsFile() {
    if (file_ != nullptr && file_->pMethods != nullptr) file_->pMethods->xClose(file_);
    if (path_ != nullptr) sqlite3_free_filename(path_);
}

Result<VfsFile> VfsFile::make(const std::string& vfs, const std::string& path, Kind kind) {
    VfsFile made;
    made.vfs_ = vfs_named(vfs);
    if (made.vfs_ == nullptr) return fail(ErrorCode::kInternal, "journal: there is no VFS " + vfs);
    made.path_ = sqlite3_create_filename(path.c_str(), "", "", 0, nullptr);
    if (made.path_ == nullptr) return fail(ErrorCode::kUnavailable, "journal: out of memory");
    made.memory_ = std::make_unique<char[]>(static_cast<std::size_t>(made.vfs_->szOsFile));
    made.file_ = reinterpret_cast<sqlite3_file*>(made.memory_.get());
    // SQLite's file types decide what the VFS does: databases can be locked, journals are synced with their name.
    const int type = kind == Kind::kLockable ? SQLITE_OPEN_MAIN_DB : SQLITE_OPEN_SUPER_JOURNAL;
    int ignored = 0;
    const int flags = type | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    const int code = made.vfs_->xOpen(made.vfs_, made.path_, made.file_, flags, &ignored);
    if (code != SQLITE_OK) return failure(made.vfs_, "open " + path, code);
    return made;
}

Result<void> VfsFile::lock() {
    int code = file_->pMethods->xLock(file_, SQLITE_LOCK_SHARED);
    if (code == SQLITE_OK) code = file_->pMethods->xLock(file_, SQLITE_LOCK_EXCLUSIVE);
    if ((code & 0xff) == SQLITE_BUSY) return fail(ErrorCode::kUnavailable, "journal: another process has it");
    if (code != SQLITE_OK) return failure(vfs_, "lock " + std::string(path_), code);
    return {};
}

Result<void> VfsFile::write(const void* bytes, int count, std::int64_t at) {
    const int code = file_->pMethods->xWrite(file_, bytes, count, at);
    if (code != SQLITE_OK) return failure(vfs_, "write " + std::string(path_), code);
    return {};
}

Result<void> VfsFile::sync() {
    const int code = file_->pMethods->xSync(file_, SQLITE_SYNC_NORMAL);
    if (code != SQLITE_OK) return failure(vfs_, "sync " + std::string(path_), code);
    return {};
}

std::int64_t size_of_file(const std::string& vfs, const std::string& path) {
    sqlite3_vfs* const disk = vfs_named(vfs);
    const char* const name = disk == nullptr ? nullptr : sqlite3_create_filename(path.c_str(), "", "", 0, nullptr);
    if (name == nullptr) return -1;
    const auto memory = std::make_unique<char[]>(static_cast<std::size_t>(disk->szOsFile));
    auto* const file = reinterpret_cast<sqlite3_file*>(memory.get());
    int ignored = 0;
    sqlite3_int64 size = -1;
    if (disk->xOpen(disk, name, file, SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_READONLY, &ignored) == SQLITE_OK &&
        file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        size = -1;
    if (file->pMethods != nullptr) file->pMethods->xClose(file);
    sqlite3_free_filename(name);
    return size;
}

bool remove_file(const std::string& vfs, const std::string& path, Removal how) {
    sqlite3_vfs* const disk = vfs_named(vfs);
    if (disk == nullptr) return false;
    const int code = disk->xDelete(disk, path.c_str(), how == Removal::kLasting ? 1 : 0);
    return code == SQLITE_OK || code == SQLITE_IOERR_DELETE_NOENT;
}

}  // namespace tillkeeper::storage
