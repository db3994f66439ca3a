// The store that is measured: two brokers of the same configuration, the agent behind one, the bare echo behind the
// other, and runs of simulated tills against either.
//
// Two, because the agent's persistent session would collect what was meant for the echo. Thread: the main one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/bench_cloud.h"
#include "tests/bench/figure.h"
#include "tests/bench/options.h"
#include "tests/e2e/agent.h"
#include "tests/e2e/broker.h"
#include "tests/e2e/scratch.h"

namespace tillkeeper::bench {

struct TillsRun {
    int tills = 1;
    std::int64_t sales = 1000;
    int in_flight = 1;
    double rate = 0;  // of each till per second; 0: as fast as answers come
};

struct TillsResult {
    double p50_us = 0;
    double p99_us = 0;
    double per_second = 0;
    std::uint64_t seed = 0;  // of the sales that were sold
};

class Store {
  public:
    // Brokers and cloud run when it returns, and so does the echo.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(Options options);

    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
    [[nodiscard]] lab::Broker& bus() { return agent_bus_; }
    [[nodiscard]] lab::Broker& echo_bus() { return echo_bus_; }
    [[nodiscard]] Cloud& cloud() { return cloud_; }

    // An agent on the agent's bus with its data in `data`; not started. `more`: further tables of its configuration.
    [[nodiscard]] Result<lab::Agent> agent(const std::filesystem::path& data,
                                           std::vector<lab::DestinationSetup> destinations, std::string more = "");
    // Sells to whichever agent runs; every run sells other sales. Every one must be accepted.
    [[nodiscard]] Result<TillsResult> sell(const TillsRun& run) { return sell_to(agent_bus_, run); }
    [[nodiscard]] Result<TillsResult> sell_to_echo(const TillsRun& run) { return sell_to(echo_bus_, run); }
    // The command line of such a run against the agent.
    [[nodiscard]] std::vector<std::string> tills_command(const lab::Broker& bus, const TillsRun& run,
                                                         std::uint64_t seed) const;
    [[nodiscard]] std::uint64_t next_seed() { return ++seed_; }

    void add(Figure figure);
    [[nodiscard]] const std::vector<Figure>& figures() const { return figures_; }

  private:
    Store(Options options, lab::Scratch folder, lab::Broker agent_bus, lab::Broker echo_bus, Cloud cloud);
    [[nodiscard]] Result<void> start_echo();
    [[nodiscard]] Result<TillsResult> sell_to(const lab::Broker& bus, const TillsRun& run);

    Options options_;
    lab::Scratch folder_;  // before the processes that write there
    lab::Broker agent_bus_;
    lab::Broker echo_bus_;
    Cloud cloud_;
    std::optional<lab::Process> echo_;
    std::vector<Figure> figures_;
    std::uint64_t seed_ = 100;
    int agents_ = 0;
};

}  // namespace tillkeeper::bench
