#include "tests/e2e/scratch.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

namespace tillkeeper::lab {

namespace {

constexpr const char* kOwner = ".owner";

// Of nobody who lives: its lock is free.
bool is_left_behind(const std::filesystem::path& folder) {
    const int file = ::open((folder / kOwner).c_str(), O_RDWR | O_CLOEXEC);
    const bool free = file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) == 0;
    if (file >= 0) ::close(file);
    return free;
}

void sweep(const std::string& name) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path(), ignored)) {
        const auto found = entry.path().filename().string();
        const bool ours = found.starts_with(name + "-") && found.size() == name.size() + std::strlen("-XXXXXX");
        if (ours && is_left_behind(entry.path())) std::filesystem::remove_all(entry.path(), ignored);
    }
}

}  // namespace

Result<Scratch> Scratch::make(std::string_view name) {
    sweep(std::string(name));
    std::string pattern = (std::filesystem::temp_directory_path() / (std::string(name) + "-XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) return fail(ErrorCode::kIo, "cannot make the folder " + pattern);
    const int owner = ::open((pattern + "/" + kOwner).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (owner < 0 || ::flock(owner, LOCK_EX | LOCK_NB) != 0) return fail(ErrorCode::kIo, "cannot lock " + pattern);
    return Scratch(pattern, owner);
}

Scratch::~Scratch() {
    std::error_code ignored;
    if (!folder_.empty() && !kept_) std::filesystem::remove_all(folder_, ignored);
    if (owner_ >= 0) ::close(owner_);
}

void Scratch::keep() {
    kept_ = true;
    std::error_code ignored;
    std::filesystem::remove(folder_ / kOwner, ignored);
}

std::string read_file(const std::filesystem::path& path) {
    const std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (file) text << file.rdbuf();
    return text.str();
}

Result<void> write_file(const std::filesystem::path& path, std::string_view text, unsigned mode) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text << std::flush;
    if (!file || ::chmod(path.c_str(), mode) != 0) return fail(ErrorCode::kIo, "cannot write " + path.string());
    return {};
}

}  // namespace tillkeeper::lab
