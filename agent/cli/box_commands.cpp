#include "agent/cli/box_commands.h"

#include <unistd.h>

#include <iostream>

#include "agent/cli/doctor.h"
#include "agent/cli/status_screen.h"
#include "agent/cli/watch_terminal.h"
#include "agent/contract/problem.h"

namespace tillkeeper::cli {
namespace {

int status(const Common& common) {
    return show(
        common, JournalAccess(common.access).status(),
        [](JsonView s) { return status_screen(s, look_at(STDOUT_FILENO)); },
        [](JsonView s) { return s.is_true("accepting"); });
}

int doctor(const Common& common) {
    return show(common, examine_box(common.access), doctor_text, [](JsonView found) { return found.is_true("fine"); });
}

int config_check(const Common& common) {
    const auto config = agent::check_config(common.access.config_path);
    const agent::ConfigFaults faults = config ? agent::ConfigFaults{} : config.error();
    if (common.json) {
        std::cout << "{\"fine\":" << (faults.empty() ? "true" : "false") << ",\"faults\":[";
        for (std::size_t i = 0; i < faults.size(); ++i) std::cout << (i > 0 ? "," : "") << agent::quoted(faults[i]);
        std::cout << "]}\n";
    } else if (faults.empty()) {
        std::cout << common.access.config_path << " is fine: " << config->destinations.size() << " destinations.\n";
    }
    if (!common.json)
        for (const auto& fault : faults) std::cerr << fault << '\n';
    return faults.empty() ? kFine : kNotFine;
}

int destinations(const Common& common) {
    const auto config = read_config(common);
    if (!config) return kNotFine;
    std::string names;
    for (const auto& each : config->destinations)
        names += common.json ? (names.empty() ? "" : ",") + agent::quoted(each.name) : each.name + '\n';
    std::cout << (common.json ? '[' + names + "]\n" : names);
    return kFine;
}

}  // namespace

void add_box_commands(CLI::App& app, Common& common, bool& watch) {
    auto* asked = app.add_subcommand("status", "Can sales be accepted, are they safe, what is on the way");
    asked->add_flag(
        "--watch", watch,
        "Again each second, in place, until Ctrl-C; where the output is no terminal, or with --json, a line "
        "for each change");
    asked->callback([&common, &watch] { common.exit = watch ? watch_status(common) : status(common); });
    app.add_subcommand("doctor", "Is this box sound? What is wrong, what it means, what to do")->callback([&common] {
        common.exit = doctor(common);
    });
    auto* config = app.add_subcommand("config", "The configuration");
    config->require_subcommand(1)->fallthrough();
    config->add_subcommand("check", "Tell every fault of the configuration file")->callback([&common] {
        common.exit = config_check(common);
    });
    config->add_subcommand("destinations", "The names of all destinations, one a line")->callback([&common] {
        common.exit = destinations(common);
    });
}

}  // namespace tillkeeper::cli
