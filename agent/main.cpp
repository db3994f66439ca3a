// tillkeeperd: the daemon. Exit 0 after SIGTERM with everything accepted safe, 78 (EX_CONFIG) for a bad configuration,
// 1 when it cannot work, 2 for wrong usage.

#include <sysexits.h>

#include <iostream>
#include <string>

#include "agent/config/config.h"
#include "agent/daemon_line.h"
#include "agent/linux_process.h"
#include "platform/linux-arm/journal_log.h"
#include "platform/log.h"

namespace {

// Programs and keys are tried only when something is wrong, so that a good start does not compile them twice.
bool tells_faults(const std::string& config_path) {
    const auto checked = tillkeeper::agent::check_config(config_path);
    if (checked) return false;
    for (const auto& fault : checked.error()) std::cerr << fault << '\n';
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace tillkeeper;
    agent::DaemonLine line;
    CLI::App& app = line.tree();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    const std::string& config_path = line.config_path();

    log_to_journal();
    if (line.verbose()) set_log_level(LogLevel::kDebug);
    auto config = agent::load_config(config_path);
    auto process =
        config ? agent::LinuxProcess::make(std::move(*config)) : fail(ErrorCode::kInvalid, config.error().front());
    if (!process) {
        const bool invalid = process.error().code == ErrorCode::kInvalid;
        if (invalid && tells_faults(config_path)) return EX_CONFIG;
        std::cerr << "tillkeeperd: " << process.error().message << '\n';
        return invalid ? EX_CONFIG : 1;
    }
    if (auto ended = (*process)->run(); !ended) {
        std::cerr << "tillkeeperd: " << ended.error().message << '\n';
        return 1;
    }
    return 0;
}
