#include "tests/crash/victim.h"

#include "tests/e2e/fetch.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::crash {

using std::chrono::milliseconds;

Result<void> Victim::start() {
    lab::ProcessOptions options;
    options.command = {lab::kAgentProgram, "--config", (folder_ / "tillkeeper.toml").string()};
    options.output = options.errors = folder_ / "agent.log";
    auto process = lab::Process::start(options);
    if (!process) return std::unexpected(process.error());
    process_ = std::move(*process);
    return {};
}

std::unexpected<Error> Victim::ended() const {
    return fail(ErrorCode::kUnavailable, "the daemon ended by itself or does not accept:\n" + agent_.log());
}

Result<void> Victim::wait_ready(milliseconds limit) {
    const auto settled = [&] {
        if (!process_->running()) return true;
        const auto health = lab::fetch(agent_.page() + "/healthz");
        return health && health->status == 200;
    };
    if (!lab::wait_until(settled, limit, milliseconds(2), [] {}) || !process_->running()) return ended();
    return {};
}

Result<void> Victim::live(milliseconds span) {
    if (lab::wait_until([&] { return !process_->running(); }, span, milliseconds(1), [] {})) return ended();
    return {};
}

int Victim::stop() {
    const int status = process_ ? process_->stop() : -1;
    process_.reset();
    return status;
}

}  // namespace tillkeeper::crash
