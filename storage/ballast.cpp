#include "storage/ballast.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace tillkeeper::storage {
namespace {

// With less than this many times the ballast free the disk would only fill up again at once.
constexpr std::uint64_t kRoomFactor = 4;

}  // namespace

Ballast::Ballast(const std::string& folder, std::uint64_t bytes) : path_(folder + "/ballast"), bytes_(bytes) {}

void Ballast::release() {
    std::error_code ignored;  // where it cannot be removed, the disk stays full, which the next commit tells
    std::filesystem::remove(path_, ignored);
}

bool Ballast::restore() {
    if (bytes_ == 0) return true;
    std::error_code error;
    if (std::filesystem::file_size(path_, error) == bytes_ && !error) return true;
    const auto space = std::filesystem::space(std::filesystem::path(path_).parent_path(), error);
    if (error || space.available < bytes_ * kRoomFactor) return false;
    const std::string fresh = path_ + ".new";
    if (fill(fresh)) std::filesystem::rename(fresh, path_, error);
    if (error) return false;
    std::filesystem::remove(fresh, error);
    return std::filesystem::exists(path_, error);
}

bool Ballast::fill(const std::string& path) const {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return false;
    std::array<char, 16384> block{};
    block.fill('b');
    bool fine = true;
    for (std::uint64_t done = 0; fine && done < bytes_;) {
        const auto want = std::min<std::uint64_t>(block.size(), bytes_ - done);
        const ssize_t got = ::write(file, block.data(), want);
        fine = got > 0;
        if (fine) done += static_cast<std::uint64_t>(got);
    }
    fine = fine && ::fsync(file) == 0;
    ::close(file);
    if (!fine) ::unlink(path.c_str());
    return fine;
}

}  // namespace tillkeeper::storage
