#include "storage/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace tillkeeper::storage {
namespace {

Result<void> make_folder(const std::string& folder) {
    std::error_code error;
    if (std::filesystem::is_directory(folder, error)) return {};
    if (std::filesystem::create_directories(folder, error) && !error)
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error) return fail(ErrorCode::kIo, "journal: cannot make the folder " + folder + ": " + error.message());
    return {};
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::string& folder) {
    if (auto made = make_folder(folder); !made) return std::unexpected(std::move(made.error()));
    const int file = ::open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return fail(ErrorCode::kIo,
                    "journal: cannot open " + folder + "/lock: " + std::generic_category().message(errno));
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        ::close(file);
        return fail(ErrorCode::kUnavailable, "journal: another process works in " + folder);
    }
    return FolderLock(file);
}

FolderLock::~FolderLock() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace tillkeeper::storage
