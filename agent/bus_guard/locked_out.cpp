#include "agent/bus_guard/locked_out.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace tillkeeper::bus_guard {

Result<void> write_locked_out(const std::string& file, const std::map<std::string, Duration>& locked, WallTime now) {
    const std::string fresh = file + ".new";
    {
        std::ofstream out(fresh, std::ios::trunc);
        for (const auto& [till, rest] : locked)
            out << till << ' ' << to_rfc3339(std::chrono::ceil<std::chrono::seconds>(now + rest)) << '\n';
        out.close();
        if (out && ::chmod(fresh.c_str(), 0644) == 0 && std::rename(fresh.c_str(), file.c_str()) == 0) return {};
    }
    return fail(ErrorCode::kInternal, "cannot write " + file + " (" + std::strerror(errno) + ")");
}

std::map<std::string, std::string> read_locked_out(const std::string& broker_folder) {
    std::map<std::string, std::string> all;
    std::ifstream in(broker_folder + kLockedOutFile);
    for (std::string till, until; in >> till >> until;) all[till] = until;
    return all;
}

}  // namespace tillkeeper::bus_guard
