#include "tests/e2e/agent.h"

#include "tests/e2e/ports.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

constexpr auto kStartMax = std::chrono::seconds(90);  // a new journal on a disk that takes 250 ms a write
constexpr auto kAnswerMax = std::chrono::seconds(5);

}  // namespace

Result<Agent> Agent::make(const std::filesystem::path& folder, AgentSetup setup) {
    std::filesystem::create_directories(folder);
    if (setup.data_folder.empty()) setup.data_folder = folder / "data";
    if (setup.control_socket.empty()) setup.control_socket = folder / "control.sock";
    if (setup.page_port == 0) setup.page_port = free_port();
    Agent agent(folder, std::move(setup));
    const auto written = write_file(folder / "tillkeeper.toml", agent_config(agent.setup_));
    if (!written) return std::unexpected(written.error());
    return agent;
}

Result<void> Agent::start() {
    if (auto launched = launch(); !launched) return launched;
    return wait_ready(kStartMax);
}

Result<void> Agent::launch() {
    ProcessOptions options;
    const std::string program = setup_.program.empty() ? kAgentProgram : setup_.program;
    options.command = {program, "--config", (folder_ / "tillkeeper.toml").string()};
    options.command.insert(options.command.end(), setup_.arguments.begin(), setup_.arguments.end());
    options.environment = setup_.environment;
    options.output = options.errors = folder_ / "agent.log";
    auto process = Process::start(options);
    if (!process) return std::unexpected(process.error());
    process_ = std::move(*process);
    return {};
}

Result<void> Agent::wait_ready(std::chrono::milliseconds limit) {
    const auto settled = [&] { return !process_->running() || health() == 200; };
    if (!wait_until(settled, limit, std::chrono::milliseconds(2), [] {}) || !process_->running())
        return fail(ErrorCode::kUnavailable, "the agent ended by itself or does not accept:\n" + log());
    return {};
}

long Agent::health() const {
    const auto answer = fetch(page() + "/healthz", kAnswerMax, to_page());
    return answer ? answer->status : 0;
}

int Agent::stop() {
    if (!process_) return -1;
    const int status = process_->stop();
    process_.reset();
    return status;
}

Result<Json> Agent::status() const {
    auto answer = fetch(page() + "/api/status", kAnswerMax, to_page());
    if (!answer) return std::unexpected(answer.error());
    auto json = Json::parse(answer->body);
    if (answer->status != 200 || !json.exists()) return fail(ErrorCode::kUnavailable, answer->body);
    return json;
}

Result<CommandResult> Agent::command(std::vector<std::string> arguments, std::chrono::milliseconds limit) const {
    std::vector<std::string> command{kCommandProgram, "--config", (folder_ / "tillkeeper.toml").string(), "--socket",
                                     setup_.control_socket.string()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_command(std::move(command), folder_, limit);
}

std::string Agent::log() const {
    return read_file(folder_ / "agent.log");
}

}  // namespace tillkeeper::lab
