// demo: a store goes through an outage, a crash and a recovery, and every number agrees. README.md tells the story.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "tests/e2e/story.h"

namespace {

using tillkeeper::lab::Story;
using tillkeeper::lab::StoryOptions;

void wait_for_interrupt() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    int received = 0;
    sigwait(&signals, &received);
}

int tell(StoryOptions options, bool keep) {
    Story story(std::move(options));
    const auto outcome = story.run();
    if (!outcome) {
        std::cerr << "demo: " << outcome.error().message << "\ndemo: logs are in " << story.keep_folder() << std::endl;
        return 1;
    }
    const bool fine = outcome->ledger.agrees() && outcome->points.agrees() && outcome->days_agree;
    if (!fine) std::cerr << "demo: the books do not agree; logs are in " << story.keep_folder() << std::endl;
    if (keep) std::cout << story.visitors_guide();
    std::cout << outcome->points.line() << '\n';
    std::cout << outcome->ledger.line() << std::endl;
    if (keep) wait_for_interrupt();
    return fine ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    StoryOptions options;
    bool keep = false;
    CLI::App app("A store loses its network, its agent and its broker, and loses no sale.", "demo");
    app.add_option("--sales", options.sales, "how many")->check(CLI::Range(20, 10'000'000))->capture_default_str();
    app.add_option("--tills", options.tills, "how many")->check(CLI::Range(1, 200))->capture_default_str();
    app.add_option("--seed", options.seed, "the same sales for the same seed")->capture_default_str();
    app.add_option("--from", options.from, "a CSV in the UCI Online Retail form, plain or .gz")
        ->check(CLI::ExistingFile);
    app.add_flag("--keep", keep, "leave the store running afterwards");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    options.terminal = ::isatty(STDOUT_FILENO) == 1;
    return tell(std::move(options), keep);
}
