// kill_storm: kills daemon and broker at many instants under traffic and proves that nothing was lost or invented.
// Exit 0: everything agrees; 1: it does not; 2: wrong usage.
// [storage-1] [storage-3] [sync-4] [sync-5]
#include <CLI/CLI.hpp>
#include <iostream>

#include "tests/crash/storm.h"

namespace {

int run(const tillkeeper::crash::StormOptions& options, bool keep) {
    auto storm = tillkeeper::crash::Storm::open(options);
    if (!storm) {
        std::cerr << "kill_storm: " << storm.error().message << '\n';
        return 1;
    }
    auto raged = (*storm)->rage();
    const auto account = raged ? (*storm)->settle() : std::unexpected(raged.error());
    const bool fine = account && account->agrees();
    if (account) {
        for (const auto& words : account->closing.verdict.first) std::cerr << words << '\n';
        std::cout << account->line() << " seed=" << options.seed << std::endl;
    } else {
        std::cerr << "kill_storm: seed " << options.seed << ": " << account.error().message << '\n';
    }
    if (!fine || keep) {
        (*storm)->folder().keep();
        std::cerr << "journal and logs are in " << (*storm)->folder().path() << '\n';
    }
    return fine ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    tillkeeper::crash::StormOptions options;
    bool keep = false;
    CLI::App app("Kills tillkeeperd and its broker under traffic, again and again, and takes account.");
    app.add_option("--rounds", options.rounds, "Kills, of the agent, of the broker or of both")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    app.add_option("--seed", options.seed, "Of the instants, the sales and the outages")->capture_default_str();
    app.add_option("--tills", options.tills)->capture_default_str()->check(CLI::Range(1, 64));
    app.add_option("--in-flight", options.in_flight, "Unanswered sales per till")->capture_default_str();
    app.add_option("--rate", options.per_second, "Sales per second of all tills")->capture_default_str();
    app.add_flag("--keep", keep, "Leave journal and logs behind");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return run(options, keep);
}
