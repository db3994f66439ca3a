#include "tests/bench/store.h"

#include <iostream>

#include "tests/bench/programs.h"
#include "tests/e2e/json.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/tills.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::bench {
namespace {

constexpr auto kPatience = std::chrono::minutes(10);

Result<lab::Broker> start_broker(const std::filesystem::path& folder, const Options& options) {
    lab::BrokerBuild build{.guard = options.guard};
    if (!options.broker.empty()) build.program = options.broker;
    auto broker = lab::Broker::make(folder, lab::till_names(kTills), std::move(build));
    if (!broker) return broker;
    if (auto started = broker->start(); !started) return std::unexpected(started.error());
    return broker;
}

// The last line of what simulated-tills prints.
Result<lab::Json> summary_of(const lab::CommandResult& ended) {
    if (ended.status != 0) return fail(ErrorCode::kInternal, "the tills failed: " + ended.errors + ended.output);
    const auto end = ended.output.find_last_not_of('\n');
    const auto begin = ended.output.rfind('\n', end);
    return lab::Json::parse(ended.output.substr(begin == std::string::npos ? 0 : begin + 1));
}

}  // namespace

Store::Store(Options options, lab::Scratch folder, lab::Broker agent_bus, lab::Broker echo_bus, Cloud cloud)
    : options_(std::move(options)),
      folder_(std::move(folder)),
      agent_bus_(std::move(agent_bus)),
      echo_bus_(std::move(echo_bus)),
      cloud_(std::move(cloud)) {}

Result<std::unique_ptr<Store>> Store::open(Options options) {
    auto folder = lab::Scratch::make("tillkeeper-bench");
    if (!folder) return std::unexpected(folder.error());
    auto agent_bus = start_broker(folder->path() / "agent-bus", options);
    if (!agent_bus) return std::unexpected(agent_bus.error());
    auto echo_bus = start_broker(folder->path() / "echo-bus", options);
    if (!echo_bus) return std::unexpected(echo_bus.error());
    auto cloud = Cloud::start(folder->path() / "cloud");
    if (!cloud) return std::unexpected(cloud.error());
    std::unique_ptr<Store> store(new Store(std::move(options), std::move(*folder), std::move(*agent_bus),
                                           std::move(*echo_bus), std::move(*cloud)));
    if (auto started = store->start_echo(); !started) return std::unexpected(started.error());
    return store;
}

Result<void> Store::start_echo() {
    lab::ProcessOptions options;
    options.command = {kEchoProgram, "--port", std::to_string(echo_bus_.port()), "--users",
                       echo_bus_.users_file().string()};
    options.output = folder() / "echo.out";
    options.errors = folder() / "echo.err";
    auto process = lab::Process::start(options);
    if (!process) return std::unexpected(process.error());
    echo_ = std::move(*process);
    if (lab::wait_until([&] { return !lab::read_file(options.output).empty(); }, std::chrono::seconds(10))) return {};
    return fail(ErrorCode::kUnavailable, "the echo did not start: " + lab::read_file(options.errors));
}

Result<lab::Agent> Store::agent(const std::filesystem::path& data, std::vector<lab::DestinationSetup> destinations,
                                std::string more) {
    lab::AgentSetup setup;
    setup.data_folder = data;
    setup.bus_port = agent_bus_.port();
    setup.bus_password_file = agent_bus_.agent_password_file().string();
    setup.destinations = std::move(destinations);
    setup.more = std::move(more);
    setup.program = options_.agent;
    return lab::Agent::make(folder() / ("agent-" + std::to_string(++agents_)), std::move(setup));
}

std::vector<std::string> Store::tills_command(const lab::Broker& bus, const TillsRun& run, std::uint64_t seed) const {
    return {lab::kTillsProgram,
            "--broker",
            "127.0.0.1:" + std::to_string(bus.port()),
            "--users",
            bus.users_file().string(),
            "--tills",
            std::to_string(run.tills),
            "--sales",
            std::to_string(run.sales),
            "--seed",
            std::to_string(seed),
            "--in-flight",
            std::to_string(run.in_flight),
            "--rate",
            std::to_string(run.rate),
            "--bytes",
            std::to_string(kSaleBytes),
            "--only-sales",
            "--timeout-ms",
            "60000"};
}

Result<TillsResult> Store::sell_to(const lab::Broker& bus, const TillsRun& run) {
    TillsResult result;
    result.seed = next_seed();
    auto ended = lab::run_command(tills_command(bus, run, result.seed), folder(), kPatience);
    if (!ended) return std::unexpected(ended.error());
    const auto summary = summary_of(*ended);
    if (!summary) return std::unexpected(summary.error());
    if ((*summary)["accepted"].number() != run.sales)
        return fail(ErrorCode::kInternal, "not every sale was accepted: " + summary->dump());
    result.p50_us = static_cast<double>((*summary)["p50_us"].number());
    result.p99_us = static_cast<double>((*summary)["p99_us"].number());
    result.per_second = static_cast<double>(run.sales) * 1e3 / static_cast<double>((*summary)["took_ms"].number());
    return result;
}

void Store::add(Figure figure) {
    std::cerr << to_text({figure}).substr(to_text({figure}).find('\n') + 1) << std::flush;
    figures_.push_back(std::move(figure));
}

}  // namespace tillkeeper::bench
