#include "tests/e2e/scratch.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace tillkeeper::lab {

Result<Scratch> Scratch::make(std::string_view name) {
    std::string pattern = (std::filesystem::temp_directory_path() / (std::string(name) + "-XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) return fail(ErrorCode::kIo, "cannot make the folder " + pattern);
    return Scratch(pattern);
}

Scratch::~Scratch() {
    std::error_code ignored;
    if (!folder_.empty() && !kept_) std::filesystem::remove_all(folder_, ignored);
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
