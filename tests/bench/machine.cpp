#include "tests/bench/machine.h"

#include <unistd.h>

#include <chrono>
#include <fstream>

#include "platform/clock.h"
#include "tests/e2e/process.h"

namespace tillkeeper::bench {
namespace {

std::string processor() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        const bool names = line.starts_with("model name") || line.starts_with("Model");
        if (names && line.find(": ") != std::string::npos) return line.substr(line.find(": ") + 2);
    }
    return "unknown processor";
}

std::string disk(const std::filesystem::path& folder) {
    auto found = lab::run_command({"findmnt", "-no", "SOURCE,FSTYPE", "-T", folder.string()}, folder);
    if (!found || found->status != 0) return "unknown disk";
    std::string text = found->output;
    text.erase(text.find_last_not_of(" \n") + 1);
    return text;
}

}  // namespace

std::string describe_machine(const std::filesystem::path& folder) {
    const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    return to_rfc3339(now).substr(0, 10) + ", " + processor() + ", " + std::to_string(::sysconf(_SC_NPROCESSORS_ONLN)) +
           " cores, " + disk(folder);
}

double load() {
    std::ifstream file("/proc/loadavg");
    double minute = 0;
    file >> minute;
    return minute;
}

}  // namespace tillkeeper::bench
