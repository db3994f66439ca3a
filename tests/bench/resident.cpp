#include "tests/bench/resident.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace tillkeeper::bench {
namespace {

constexpr double kMiB = 1024;  // in KiB
constexpr std::uint64_t kGuestBytes = std::uint64_t{1} << 32;

// Where the memory of a 32-bit guest begins in that of its emulator: "qemu-arm -B 0x100000000 PROGRAM".
std::optional<std::uint64_t> guest_begins(const std::filesystem::path& process) {
    std::error_code failed;
    const auto program = std::filesystem::read_symlink(process / "exe", failed);
    if (failed || !program.filename().string().starts_with("qemu-arm")) return std::nullopt;
    std::ifstream file(process / "cmdline");
    for (std::string word; std::getline(file, word, '\0');)
        if (word == "-B" && std::getline(file, word, '\0')) return std::stoull(word, nullptr, 16);
    return std::nullopt;
}

// The guest's own mappings; the emulator with its translations lies outside of them.
Memory guest_memory(const std::filesystem::path& process, std::uint64_t begin) {
    std::ifstream file(process / "smaps");
    Memory memory;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        double kib = 0;
        words >> name;
        if (const auto dash = name.find('-'); dash != std::string::npos && !name.ends_with(':')) {
            const auto address = std::stoull(name, nullptr, 16);
            inside = address >= begin && address < begin + kGuestBytes;
        } else if (inside && words >> kib) {
            if (name == "Rss:") memory.resident += kib / kMiB;
            if (name == "Anonymous:") memory.anonymous += kib / kMiB;
        }
    }
    return memory;
}

}  // namespace

Memory memory_of(pid_t pid) {
    const auto process = std::filesystem::path("/proc") / std::to_string(pid);
    if (const auto begin = guest_begins(process)) return guest_memory(process, *begin);
    std::ifstream file(process / "status");
    Memory memory;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("VmRSS:")) memory.resident = std::stod(line.substr(6)) / kMiB;
        if (line.starts_with("RssAnon:")) memory.anonymous = std::stod(line.substr(8)) / kMiB;
    }
    return memory;
}

}  // namespace tillkeeper::bench
