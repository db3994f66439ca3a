#include "till/outbox_room.h"

#include <sqlite3.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

namespace tillkeeper::pos {
namespace {

sqlite3_vfs* vfs_named(const std::string& name) {
    return sqlite3_vfs_find(name.empty() ? nullptr : name.c_str());
}

// The program may change its folder later.
std::string full_path(const std::string& vfs, const std::string& path) {
    sqlite3_vfs* const disk = vfs_named(vfs);
    if (disk == nullptr) return path;
    std::vector<char> full(static_cast<std::size_t>(disk->mxPathname) + 1);
    if (disk->xFullPathname(disk, path.c_str(), static_cast<int>(full.size()), full.data()) > SQLITE_OK_SYMLINK)
        return path;
    return full.data();
}

}  // namespace

OutboxRoom::OutboxRoom(const std::string& outbox, std::string vfs)
    : vfs_(std::move(vfs)), path_(full_path(vfs_, outbox) + "-room") {}

bool OutboxRoom::hold() {
    if (held_) return true;
    held_ = fill();
    if (!held_) static_cast<void>(give_up());
    return held_;
}

bool OutboxRoom::give_up() {
    held_ = false;
    sqlite3_vfs* const disk = vfs_named(vfs_);
    return disk != nullptr && disk->xDelete(disk, path_.c_str(), 0) == SQLITE_OK;
}

// Not synced: after a power cut it may be short, and is filled again.
bool OutboxRoom::fill() const {
    sqlite3_vfs* const disk = vfs_named(vfs_);
    if (disk == nullptr) return false;
    const std::unique_ptr<const char, decltype(&sqlite3_free_filename)> name(
        sqlite3_create_filename(path_.c_str(), "", "", 0, nullptr), sqlite3_free_filename);
    if (!name) return false;
    const auto memory = std::make_unique<char[]>(static_cast<std::size_t>(disk->szOsFile));
    auto* const file = reinterpret_cast<sqlite3_file*>(memory.get());
    constexpr int kFlags = SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int ignored = 0;
    int code = disk->xOpen(disk, name.get(), file, kFlags, &ignored);
    sqlite3_int64 size = 0;
    if (code == SQLITE_OK) code = file->pMethods->xFileSize(file, &size);
    std::array<char, 1 << 14> block{};
    block.fill('r');
    for (auto at = size; code == SQLITE_OK && at < kRoomBytes; at += static_cast<std::int64_t>(block.size()))
        code = file->pMethods->xWrite(file, block.data(), static_cast<int>(block.size()), at);
    if (file->pMethods != nullptr) file->pMethods->xClose(file);
    return code == SQLITE_OK;
}

}  // namespace tillkeeper::pos
