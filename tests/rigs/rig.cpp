#include "tests/rigs/rig.h"

#include <CLI/CLI.hpp>
#include <iostream>

namespace tillkeeper::rigs {
namespace {

constexpr int kSkipped = 77;  // SKIP_RETURN_CODE

int skip(const Rig& rig, const std::string& why) {
    const std::string line = rig.name + ": SKIPPED, NOTHING WAS PROVEN: " + why;
    std::cout << line << std::endl;
    std::cerr << line << std::endl;
    return kSkipped;
}

}  // namespace

int run_rig(int argc, char** argv, const Rig& rig) {
    RigOptions options;
    options.rounds = rig.rounds;
    if (!rig.kinds.empty()) options.kind = rig.kinds.front();
    CLI::App app(rig.about);
    app.add_option("--seed", options.seed, "Of the sales and of what is drawn")->capture_default_str();
    app.add_option("--rounds", options.rounds)->capture_default_str()->check(CLI::PositiveNumber);
    if (!rig.kinds.empty())
        app.add_option("--kind", options.kind)->capture_default_str()->check(CLI::IsMember(rig.kinds));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (auto there = need(rig.needs); !there) return skip(rig, there.error().message);
    if (auto entered = enter(rig.space); !entered) return skip(rig, entered.error().message);
    const auto words = rig.run(options);
    if (words) {
        std::cout << rig.name << (options.kind.empty() ? "" : " " + options.kind) << ':' << *words
                  << " seed=" << options.seed << std::endl;
        return 0;
    }
    std::cout << rig.name << ": FAILED, seed " << options.seed << ": " << words.error().message << std::endl;
    return 1;
}

}  // namespace tillkeeper::rigs
