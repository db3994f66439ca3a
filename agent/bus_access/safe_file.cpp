#include "agent/bus_access/safe_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "agent/config/descriptor.h"
#include "agent/config/secret_file.h"

namespace tillkeeper::agent {
namespace {

std::unexpected<Error> failed(const std::string& path) {
    const int cause = errno;
    return fail(cause == ENOSPC ? ErrorCode::kStorageFull : ErrorCode::kInternal,
                "cannot write " + path + " (" + std::strerror(cause) + ")");
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool fill(const std::string& fresh, const std::string& path, std::string_view text, mode_t mode, OldMode old_mode) {
    ::unlink(fresh.c_str());  // of a writer that was killed
    const Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) return false;
    struct stat old{}, made{};
    if (::stat(path.c_str(), &old) == 0) {
        if (old_mode == OldMode::kKept) mode = old.st_mode & 07777;
        // A folder may hand its own group on, which this process need not be in.
        if (::fstat(file.get(), &made) != 0) return false;
        if ((old.st_uid != made.st_uid || old.st_gid != made.st_gid) &&
            ::fchown(file.get(), old.st_uid, old.st_gid) != 0)
            return false;
    } else if (!inherit_owner(file.get(), path)) {
        return false;
    }
    return ::fchmod(file.get(), mode) == 0 && write_all(file.get(), text) && ::fsync(file.get()) == 0;
}

}  // namespace

bool inherit_owner(int fd, const std::string& path) {
    struct stat folder{};
    if (::geteuid() != 0 || ::stat(std::filesystem::absolute(path).parent_path().c_str(), &folder) != 0) return true;
    return ::fchown(fd, folder.st_uid, folder.st_gid) == 0;
}

Result<void> write_safely(const std::string& path, std::string_view text, mode_t mode, OldMode old) {
    const std::string fresh = path + ".new";
    if (!fill(fresh, path, text, mode, old) || std::rename(fresh.c_str(), path.c_str()) != 0) {
        auto error = failed(path);
        ::unlink(fresh.c_str());
        return error;
    }
    const auto folder = std::filesystem::absolute(path).parent_path();
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() < 0 || ::fsync(opened.get()) != 0) return failed(folder.string());
    return {};
}

Result<std::string> read_if_there(const std::string& path) {
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::string();
    return read_config_file(path, false);
}

}  // namespace tillkeeper::agent
