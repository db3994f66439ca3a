#include "tests/e2e/lab.h"

#include <algorithm>

#include "tests/e2e/wait.h"

namespace tillkeeper::lab {

Result<std::unique_ptr<Lab>> Lab::open(const LabOptions& options) {
    auto folder = Scratch::make(options.name);
    if (!folder) return std::unexpected(folder.error());
    auto cloud = Cloud::start(folder->path() / "cloud", options.cloud);
    if (!cloud) return std::unexpected(cloud.error());
    auto broker = Broker::make(folder->path() / "broker", till_names(options.tills));
    if (!broker) return std::unexpected(broker.error());
    if (auto started = broker->start(); !started) return std::unexpected(started.error());

    AgentSetup setup = options.agent;
    setup.bus_port = broker->tls_port();
    setup.broker_folder = broker->folder().string();
    setup.bus_password_file = broker->agent_password_file().string();
    for (const auto* name : kDestinations) setup.destinations.push_back(cloud->destination(name));
    if (options.more) setup.more += options.more(*cloud);
    auto agent = Agent::make(folder->path() / "agent", std::move(setup));
    if (!agent) return std::unexpected(agent.error());
    if (auto started = agent->start(); !started) return std::unexpected(started.error());
    return std::unique_ptr<Lab>(new Lab(std::move(*folder), std::move(*cloud), std::move(*broker), std::move(*agent)));
}

Result<Tills> Lab::sell(const TillsSetup& setup) {
    return Tills::start(folder_.path() / ("tills-" + std::to_string(++shifts_)), broker_, setup);
}

std::int64_t Lab::delivered(const std::string& destination) const {
    auto books = cloud_.control().ledger();
    return books ? (*books)[destination].count : -1;
}

bool Lab::wait_delivered(std::int64_t count, std::chrono::milliseconds limit) const {
    const auto complete = [&] {
        auto books = cloud_.control().ledger();
        return books &&
               std::ranges::all_of(kDestinations, [&](const char* name) { return (*books)[name].count >= count; });
    };
    return wait_until(complete, limit, std::chrono::milliseconds(20), [] {});
}

Result<Ledger> Lab::settle(const Tills& tills) const {
    std::vector<std::pair<std::string, Effects>> clouds;
    for (const auto* name : kDestinations) {
        auto effects = cloud_.effects(name);
        if (!effects) return std::unexpected(effects.error());
        clouds.emplace_back(name, std::move(*effects));
    }
    return balance(tills.tally().sold, tills.accepted_ids(), clouds);
}

}  // namespace tillkeeper::lab
