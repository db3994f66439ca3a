#include "agent/bus_access/running_broker.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fstream>

#include "agent/bus_access/safe_file.h"

namespace tillkeeper::agent {

Result<bool> reload_broker(const std::string& broker_folder) {
    const auto text = read_if_there(broker_folder + "/mosquitto.pid");
    if (!text) return std::unexpected(text.error());
    pid_t pid = 0;
    std::from_chars(text->data(), text->data() + text->size(), pid);
    if (pid <= 1) return false;
    // The file may be older than the broker's end, and the number somebody else's by now.
    std::string name;
    std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/comm"), name);
    if (name != "mosquitto") return false;
    if (::kill(pid, SIGHUP) != 0)
        return fail(ErrorCode::kUnavailable,
                    std::string("cannot tell the broker (") + std::strerror(errno) + "); send it SIGHUP");
    return true;
}

}  // namespace tillkeeper::agent
