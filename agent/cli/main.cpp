// tillkeeper: the command line. Exit 0 fine, 1 not fine, 2 wrong usage.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <string>

#include "agent/cli/doctor.h"
#include "agent/cli/enroll_command.h"
#include "agent/cli/journal_access.h"
#include "agent/cli/print.h"
#include "agent/cli/privacy_commands.h"
#include "agent/cli/repair.h"
#include "agent/cli/till_access.h"
#include "agent/cli/till_list.h"
#include "agent/config/config.h"
#include "agent/contract/problem.h"
#include "agent/version.h"
#include "platform/linux-arm/system.h"

namespace {

using namespace tillkeeper;
using namespace tillkeeper::cli;

enum Exit : int { kFine = 0, kNotFine = 1, kWrongUsage = 2 };

struct Arguments {
    Access access;
    bool json = false;
    std::string destination;
    bool has_destination = false;
    std::int64_t after = 0;
    std::int64_t number = 0;
    std::string text;
    std::string patch;
    std::string transaction;
    DecisionText decision;
    ErasureWish erasure;
    EnrollWish enroll;
    TillWish till;
    std::string folder;
    std::vector<std::string> hosts;
};

using Printer = std::string (*)(JsonView);

int show(const Arguments& args, const Result<std::string>& answer, Printer printer, bool (*fine)(JsonView)) {
    if (!answer) {
        std::cerr << "tillkeeper: " << answer.error().message << '\n';
        return kNotFine;
    }
    const JsonDocument document(*answer);
    if (args.json)
        std::cout << *answer << '\n';
    else
        std::cout << printer(document.root());
    return fine(document.root()) ? kFine : kNotFine;
}

bool always(JsonView) {
    return true;
}

int status(const Arguments& args) {
    return show(args, JournalAccess(args.access).status(), status_text,
                [](JsonView s) { return s.is_true("accepting"); });
}

int doctor(const Arguments& args) {
    return show(args, examine_box(args.access), doctor_text, [](JsonView found) { return found.is_true("fine"); });
}

int queue_list(const Arguments& args) {
    return show(args, JournalAccess(args.access).queue(args.has_destination ? &args.destination : nullptr, args.after),
                queue_text, always);
}

int differences(const Arguments& args) {
    return show(args, JournalAccess(args.access).differences(args.after), differences_text, always);
}

int queue_show(const Arguments& args) {
    return show(args, JournalAccess(args.access).entry(args.number), entry_text, always);
}

int find(const Arguments& args) {
    return show(args, JournalAccess(args.access).find(args.text), found_text,
                [](JsonView found) { return !found.at("found").children().empty(); });
}

int verify(const Arguments& args) {
    return show(args, JournalAccess(args.access).verify(), verification_text,
                [](JsonView v) { return v.is_true("whole"); });
}

Result<std::string> repaired(const JournalAccess& journal, const Arguments& args) {
    if (!args.transaction.empty()) return argument_or_file(args.transaction);
    auto patch = argument_or_file(args.patch);
    if (!patch) return patch;
    auto entry = journal.entry(args.number);
    if (!entry) return entry;
    return patched_transaction(*entry, *patch);
}

int decide(const Arguments& args, const std::string& verb) {
    const JournalAccess journal(args.access);
    std::string transaction;
    if (verb == "repair") {
        auto made = repaired(journal, args);
        if (!made) return show(args, made, nullptr, always);
        transaction = std::move(*made);
    }
    DecisionText decision = args.decision;
    decision.destination = args.destination;
    return show(
        args, journal.decide(args.number, verb, decision_body(decision, transaction)),
        [](JsonView done) { return "Done; recorded in the journal under number " + done.text("recorded_as") + ".\n"; },
        always);
}

int config_check(const Arguments& args) {
    const auto config = agent::check_config(args.access.config_path);
    const agent::ConfigFaults faults = config ? agent::ConfigFaults{} : config.error();
    if (args.json) {
        std::cout << "{\"fine\":" << (faults.empty() ? "true" : "false") << ",\"faults\":[";
        for (std::size_t i = 0; i < faults.size(); ++i) std::cout << (i > 0 ? "," : "") << agent::quoted(faults[i]);
        std::cout << "]}\n";
    } else if (faults.empty()) {
        std::cout << args.access.config_path << " is fine: " << config->destinations.size() << " destinations.\n";
    }
    if (!args.json)
        for (const auto& fault : faults) std::cerr << fault << '\n';
    return faults.empty() ? kFine : kNotFine;
}

// What needs the configuration, which names the broker's folder.
template <typename Act>
int with_config(const Arguments& args, Act act, Printer printer) {
    const auto config = agent::load_config(args.access.config_path);
    if (config) return show(args, act(*config), printer, always);
    for (const auto& fault : config.error()) std::cerr << fault << '\n';
    return kNotFine;
}

int till_list(const Arguments& args) {
    return with_config(
        args, [&](const agent::Config& config) { return list_all_tills(config, JournalAccess(args.access)); },
        [](JsonView list) { return till_list_text(list, SystemClock().wall()); });
}

int bus_init(const Arguments& args) {
    if (!args.folder.empty()) return show(args, init_bus(args.folder, args.hosts), bus_text, always);
    return with_config(
        args,
        [](const agent::Config& config) -> Result<std::string> {
            if (config.broker_folder.empty())
                return fail(ErrorCode::kInvalid, "bus.broker_folder is missing in the configuration; or give --folder");
            return init_bus(config.broker_folder, config.broker_hosts);
        },
        bus_text);
}

void add_till_command(CLI::App& till, Arguments& args, int& exit, const std::string& verb, const std::string& about,
                      Result<std::string> (*act)(const agent::Config&, const TillWish&)) {
    auto* command = till.add_subcommand(verb, about);
    command->add_option("name", args.till.till, "The till: 1 to 32 of A-Z a-z 0-9 _ -")->required();
    command->add_flag("--certificate", args.till.certificate, "A client certificate rather than a password");
    command->add_option("--out", args.till.out, "Password: the file to write it to (0600); certificate: the folder");
    command->callback([&, act] {
        exit = with_config(args, [&](const agent::Config& config) { return act(config, args.till); }, secret_text);
    });
}

void add_bus_commands(CLI::App& app, Arguments& args, int& exit) {
    auto* till = app.add_subcommand("till", "Who may speak on the bus");
    till->require_subcommand(1)->fallthrough();
    add_till_command(*till, args, exit, "add", "Let a till sign in", add_till);
    add_till_command(*till, args, exit, "rotate", "A new secret; the old one ends at once", rotate_till);
    till->add_subcommand("list", "Each till: how it signs in, whether it is there, missing numbers, its clock")
        ->callback([&] { exit = till_list(args); });
    auto* revoke = till->add_subcommand("revoke", "Cut a till off at once");
    revoke->add_option("name", args.till.till, "The till")->required();
    revoke->callback([&] {
        exit = with_config(
            args, [&](const agent::Config& config) { return revoke_till(config, args.till.till); }, revoked_text);
    });

    auto* bus = app.add_subcommand("bus", "The broker's certificates");
    bus->require_subcommand(1)->fallthrough();
    auto* init = bus->add_subcommand("init", "Make what is missing, renew what is due; the daemon does it as well");
    init->add_option("--folder", args.folder, "The broker's folder (default: as configured)");
    init->add_option("--host", args.hosts, "A further name or address of the broker");
    init->callback([&] { exit = bus_init(args); });
}

std::string user_name() {
    const char* name = std::getenv("SUDO_USER");
    if (name == nullptr) name = std::getenv("USER");
    return name != nullptr && *name != '\0' ? name : "uid " + std::to_string(getuid());
}

void add_decision(CLI::App& queue, Arguments& args, int& exit, const std::string& verb, const std::string& about) {
    auto* command = queue.add_subcommand(verb, about);
    command->add_option("number", args.number, "Journal number")->required();
    command->add_option("--destination", args.destination, "Where it is held; leave out for quarantine");
    command->add_option("--why", args.decision.why, "Reason, kept in the journal's chain")->required();
    command->add_option("--who", args.decision.who, "Who decides (default: the user's name)");
    if (verb == "repair") {
        auto* patch = command->add_option("--patch", args.patch, "JSON patch (RFC 6902), or @FILE");
        auto* whole =
            command->add_option("--transaction", args.transaction, "The whole repaired transaction, or @FILE");
        patch->excludes(whole);
        command->callback([&, verb] {
            if (args.patch.empty() && args.transaction.empty()) throw CLI::RequiredError("--patch or --transaction");
            exit = decide(args, verb);
        });
    } else {
        command->callback([&, verb] { exit = decide(args, verb); });
    }
}

void add_commands(CLI::App& app, Arguments& args, int& exit) {
    app.add_option("--config", args.access.config_path, "Configuration file")->capture_default_str();
    app.add_option("--socket", args.access.socket, "Control socket (default: the configuration's)");
    app.add_flag("--json", args.json, "Answer in JSON");
    app.set_version_flag("--version", std::string(agent::kVersion));
    app.require_subcommand(1);
    app.fallthrough();

    app.add_subcommand("status", "Can sales be accepted, are they safe, what is on the way")->callback([&] {
        exit = status(args);
    });

    app.add_subcommand("doctor", "Is this box sound? What is wrong, what it means, what to do")->callback([&] {
        exit = doctor(args);
    });

    auto* queue = app.add_subcommand("queue", "Transactions that wait for a person");
    queue->require_subcommand(1)->fallthrough();
    auto* list = queue->add_subcommand("list", "What is held and why");
    auto* where = list->add_option("--destination", args.destination, "Only here; \"\" for quarantine");
    list->add_option("--after", args.after, "Only numbers beyond");
    list->callback([&, where] {
        args.has_destination = where->count() > 0;
        exit = queue_list(args);
    });
    auto* shown = queue->add_subcommand("show", "One transaction, whole");
    shown->add_option("number", args.number, "Journal number")->required();
    shown->callback([&] { exit = queue_show(args); });
    add_decision(*queue, args, exit, "retry", "Send it again as it is; lets a quarantined one through");
    add_decision(*queue, args, exit, "repair", "Send it changed; the original is kept");
    add_decision(*queue, args, exit, "skip", "Never send it; it stays in the journal");

    auto* differing =
        app.add_subcommand("differences", "Where the cloud booked otherwise than the store, and how much");
    differing->add_option("--after", args.after, "Only numbers beyond");
    differing->callback([&] { exit = differences(args); });

    auto* finder = app.add_subcommand("find", "Is this receipt safe, and where is it?");
    finder->add_option("text", args.text, "Receipt or transaction id")->required();
    finder->callback([&] { exit = find(args); });
    app.add_subcommand("verify", "Prove that nothing in the journal was changed or removed")->callback([&] {
        exit = verify(args);
    });

    auto* config = app.add_subcommand("config", "The configuration");
    config->require_subcommand(1)->fallthrough();
    config->add_subcommand("check", "Tell every fault of the configuration file")->callback([&] {
        exit = config_check(args);
    });
}

}  // namespace

int main(int argc, char** argv) {
    Arguments args;
    args.decision.who = args.erasure.who = user_name();
    int exit = kFine;
    CLI::App app("Asks and steers the Tillkeeper of this store.", "tillkeeper");
    try {
        add_commands(app, args, exit);
        add_bus_commands(app, args, exit);
        add_privacy_commands(app, args.access, args.json, args.erasure, exit);
        add_enroll_command(app, args.access, args.json, args.enroll, exit);
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kFine : kWrongUsage;
    } catch (const std::exception& error) {
        std::cerr << "tillkeeper: " << error.what() << '\n';
        return kNotFine;
    }
    return exit;
}
