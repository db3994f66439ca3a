#include "tests/e2e/store.h"

#include "tests/e2e/scratch.h"

namespace tillkeeper::lab {

Result<Store> Store::open(const std::filesystem::path& folder, const Cloud& cloud, StoreSetup setup) {
    for (const auto* name : kDestinations) setup.agent.destinations.push_back(cloud.destination(name, setup.door));
    return open(folder, std::move(setup));
}

Result<Store> Store::open(const std::filesystem::path& folder, StoreSetup setup) {
    auto broker = Broker::make(folder / "broker", setup.tills);
    if (!broker) return std::unexpected(broker.error());
    if (auto started = broker->start(); !started) return std::unexpected(started.error());

    setup.agent.bus_port = broker->tls_port();
    setup.agent.broker_folder = broker->folder().string();
    setup.agent.bus_password_file = broker->agent_password_file().string();
    if (setup.clock_set) {
        const auto file = folder / "clock.set";
        if (auto written = write_file(file, ""); !written) return std::unexpected(written.error());
        setup.agent.clock_set_file = file.string();
    }
    auto agent = Agent::make(folder / "agent", std::move(setup.agent));
    if (!agent) return std::unexpected(agent.error());
    if (auto started = agent->start(); !started) return std::unexpected(started.error());
    return Store(std::move(*broker), std::move(*agent));
}

}  // namespace tillkeeper::lab
