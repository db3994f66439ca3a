#include "agent/cli/bus_commands.h"

#include "agent/cli/print.h"
#include "agent/cli/till_list.h"
#include "platform/linux-arm/system.h"

namespace tillkeeper::cli {
namespace {

// What needs the configuration, which names the broker's folder.
template <typename Act>
int with_config(const Common& common, Act act, Printer printer) {
    const auto config = read_config(common);
    return config ? show(common, act(*config), printer) : kNotFine;
}

int bus_init(const Common& common, const BusWish& wish) {
    if (!wish.folder.empty()) return show(common, init_bus(wish.folder, wish.hosts), bus_text);
    return with_config(
        common,
        [](const agent::Config& config) -> Result<std::string> {
            if (config.broker_folder.empty())
                return fail(ErrorCode::kInvalid, "bus.broker_folder is missing in the configuration; or give --folder");
            return init_bus(config.broker_folder, config.broker_hosts);
        },
        bus_text);
}

void add_secret(CLI::App& till, Common& common, BusWish& wish, const std::string& verb, const std::string& about,
                Result<std::string> (*act)(const agent::Config&, const TillWish&)) {
    auto* command = till.add_subcommand(verb, about);
    command->add_option("name", wish.till.till, "The till: 1 to 32 of A-Z a-z 0-9 _ -")->required()->type_name("TILL");
    command->add_flag("--certificate", wish.till.certificate, "A client certificate rather than a password");
    command->add_option("--out", wish.till.out, "Password: the file to write it to (0600); certificate: the folder")
        ->type_name("FILE");
    command->callback([&common, &wish, act] {
        common.exit =
            with_config(common, [&](const agent::Config& config) { return act(config, wish.till); }, secret_text);
    });
}

}  // namespace

void add_bus_commands(CLI::App& app, Common& common, BusWish& wish) {
    auto* till = app.add_subcommand("till", "Who may speak on the bus");
    till->require_subcommand(1)->fallthrough();
    add_secret(*till, common, wish, "add", "Let a till sign in", add_till);
    add_secret(*till, common, wish, "rotate", "A new secret; the old one ends at once", rotate_till);
    till->add_subcommand("list", "Each till: how it signs in, whether it is there, missing numbers, its clock")
        ->callback([&common] {
            common.exit = with_config(
                common,
                [&](const agent::Config& config) { return list_all_tills(config, JournalAccess(common.access)); },
                [](JsonView list) { return till_list_text(list, SystemClock().wall()); });
        });
    auto* revoke = till->add_subcommand("revoke", "Cut a till off at once");
    revoke->add_option("name", wish.till.till, "The till")->required()->type_name("TILL");
    revoke->callback([&common, &wish] {
        common.exit = with_config(
            common, [&](const agent::Config& config) { return revoke_till(config, wish.till.till); }, revoked_text);
    });

    auto* bus = app.add_subcommand("bus", "The broker's certificates");
    bus->require_subcommand(1)->fallthrough();
    auto* init = bus->add_subcommand("init", "Make what is missing, renew what is due; the daemon does it as well");
    init->add_option("--folder", wish.folder, "The broker's folder (default: as configured)")->type_name("FOLDER");
    init->add_option("--host", wish.hosts, "A further name or address of the broker")->type_name("HOST");
    init->callback([&common, &wish] { common.exit = bus_init(common, wish); });
}

}  // namespace tillkeeper::cli
