// crash_states: the power fails at every call of every workload. Exit 0 when nothing was lost; with --expect-loss, the
// control, when something was.
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <map>

#include "tests/crash/states_explorer.h"

namespace {

using tillkeeper::crash::Explorer;
using tillkeeper::crash::Findings;
using tillkeeper::crash::Workload;
using tillkeeper::crash::workloads;

struct Options {
    std::uint64_t states = 20'000;
    std::uint64_t seed = 1;
    std::string workload;
    bool list = false;
    std::uint64_t stride = 1;
    bool expect_loss = false;
    bool until_lost = false;
};

int list() {
    for (const auto& workload : workloads()) std::cout << workload.name << "\n";
    return 0;
}

// Rounds of all workloads, each with another seed, until there are enough states.
void explore(const Options& options, Explorer& explorer, std::map<std::string_view, std::uint64_t>& states) {
    for (std::uint64_t round = 0; explorer.findings().states < options.states; ++round) {
        for (const Workload& workload : workloads()) {
            if (!options.workload.empty() && workload.name != options.workload) continue;
            const auto before = explorer.findings().states;
            explorer.explore(workload, round);
            states[workload.name] += explorer.findings().states - before;
            if (options.until_lost && explorer.findings().lost > 0) return;
        }
        if (options.expect_loss && explorer.findings().lost > 0) return;
        if (states.empty()) return;
        std::cout << "round " << round + 1 << ": " << explorer.findings().states << " states, "
                  << explorer.findings().lost << " lost" << std::endl;
    }
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"The power fails at every call; what is left is opened again and checked"};
    app.add_option("--states", options.states, "stop after the round that reaches so many");
    app.add_option("--seed", options.seed, "draws bodies, sizes and what a power cut leaves");
    app.add_option("--workload", options.workload, "only this one");
    app.add_flag("--list", options.list, "print the workloads and stop");
    app.add_flag("--expect-loss", options.expect_loss, "succeed when something is lost: the control of the rig");
    app.add_option("--stride", options.stride, "stop at every so-many-th call")->check(CLI::PositiveNumber);
    app.add_flag("--until-lost", options.until_lost, "stop after the workload in which something is lost");
    CLI11_PARSE(app, argc, argv);
    if (options.list) return list();
    // One thread, and nobody asks how much memory: twice as many states.
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    const auto begun = std::chrono::steady_clock::now();
    Explorer explorer(options.seed, options.stride);
    std::map<std::string_view, std::uint64_t> states;
    explore(options, explorer, states);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    for (const auto& [name, count] : states) std::cout << "  " << name << ": " << count << " states\n";
    const Findings& found = explorer.findings();
    std::cout << "states=" << found.states << " workloads=" << states.size() << " calls=" << found.points
              << " second_crashes=" << found.second << " lost=" << found.lost << " seed=" << options.seed
              << " per_second=" << static_cast<std::uint64_t>(static_cast<double>(found.states) / took.count()) << "\n";
    if (options.expect_loss) return found.lost > 0 ? 0 : 1;
    return found.lost == 0 && !states.empty() ? 0 : 1;
}
