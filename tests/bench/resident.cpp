#include "tests/bench/resident.h"

#include <fstream>
#include <string>

namespace tillkeeper::bench {

Memory memory_of(pid_t pid) {
    constexpr double kMiB = 1024;  // in KiB
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    Memory memory;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("VmRSS:")) memory.resident = std::stod(line.substr(6)) / kMiB;
        if (line.starts_with("RssAnon:")) memory.anonymous = std::stod(line.substr(8)) / kMiB;
    }
    return memory;
}

}  // namespace tillkeeper::bench
