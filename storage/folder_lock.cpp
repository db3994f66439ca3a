#include "storage/folder_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace tillkeeper::storage {
namespace {

namespace fs = std::filesystem;

// A new name lasts only when the folder that holds it is synced: without this the first day's sales go with it.
std::error_code sync_folder(const fs::path& folder) {
    const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return {errno, std::generic_category()};
    const int code = ::fsync(file) == 0 ? 0 : errno;
    ::close(file);
    return {code, std::generic_category()};
}

std::error_code make_folders(const fs::path& folder) {
    std::error_code error;
    if (folder.empty() || fs::is_directory(folder, error)) return {};
    const fs::path parent = folder.has_parent_path() ? folder.parent_path() : fs::path(".");
    if (const auto failed = make_folders(parent)) return failed;
    fs::create_directory(folder, error);
    return error ? error : sync_folder(parent);
}

Result<void> make_folder(const std::string& folder) {
    std::error_code error;
    if (fs::is_directory(folder, error)) return {};
    error = make_folders(fs::path(folder).lexically_normal());
    if (!error) fs::permissions(folder, fs::perms::owner_all, error);
    if (error) return fail(ErrorCode::kIo, "journal: cannot make the folder " + folder + ": " + error.message());
    return {};
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::string& folder, const std::string& vfs) {
    if (auto made = make_folder(folder); !made) return std::unexpected(std::move(made.error()));
    auto file = VfsFile::make(vfs, folder + "/lock", VfsFile::Kind::kLockable);
    if (!file) return std::unexpected(std::move(file.error()));
    auto locked = file->lock();
    if (!locked && locked.error().code == ErrorCode::kUnavailable)
        return fail(ErrorCode::kUnavailable, "journal: another process works in " + folder);
    if (!locked) return std::unexpected(std::move(locked.error()));
    return FolderLock(std::move(*file));
}

}  // namespace tillkeeper::storage
