#include "agent/cli/command_line.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "agent/cli/box_commands.h"
#include "agent/cli/enroll_command.h"
#include "agent/cli/power_command.h"
#include "agent/cli/privacy_commands.h"
#include "agent/cli/staff_commands.h"
#include "agent/version.h"

namespace tillkeeper::cli {
namespace {

std::string user_name() {
    const char* name = std::getenv("SUDO_USER");
    if (name == nullptr) name = std::getenv("USER");
    return name != nullptr && *name != '\0' ? name : "uid " + std::to_string(getuid());
}

}  // namespace

CommandLine::CommandLine() : app_("Asks and steers the Tillkeeper of this store.", "tillkeeper") {
    common_.who = user_name();
    app_.add_option("--config", common_.access.config_path, "Configuration file")
        ->capture_default_str()
        ->type_name("FILE");
    app_.add_option("--socket", common_.access.socket, "Control socket (default: the configuration's)")
        ->type_name("FILE");
    app_.add_flag("--json", common_.json, "Answer in JSON");
    app_.set_version_flag("--version", std::string(agent::kVersion), "Print the version and exit");
    app_.require_subcommand(1);
    app_.fallthrough();
    add_box_commands(app_, common_, watch_);
    add_journal_commands(app_, common_, journal_);
    add_offline_commands(app_, common_, offline_);
    add_backup_command(app_, common_, backup_);
    add_day_commands(app_, common_, day_);
    add_export_commands(app_, common_, export_);
    add_bus_commands(app_, common_, bus_);
    add_privacy_commands(app_, common_, erasure_);
    add_enroll_command(app_, common_, enroll_);
    add_staff_commands(app_, common_, staff_name_);
    add_update_commands(app_, common_, update_);
    add_power_commands(app_, common_);
    add_support_commands(app_, common_, support_);
}

int CommandLine::run(int argc, char** argv) {
    try {
        app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app_.exit(error) == 0 ? kFine : kWrongUsage;
    } catch (const std::exception& error) {
        std::cerr << "tillkeeper: " << error.what() << '\n';
        return kNotFine;
    }
    return common_.exit;
}

}  // namespace tillkeeper::cli
