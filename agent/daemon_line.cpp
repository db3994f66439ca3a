#include "agent/daemon_line.h"

#include "agent/version.h"

namespace tillkeeper::agent {

DaemonLine::DaemonLine()
    : app_("Keeps a store selling: takes sales from the tills, makes them durable, brings them to the cloud.",
           "tillkeeperd") {
    app_.add_option("--config", config_path_, "Configuration file (TOML)")->required()->type_name("FILE");
    app_.add_flag("--verbose", verbose_, "Log debug messages as well");
    app_.set_version_flag("--version", std::string(kVersion), "Print the version and exit");
}

}  // namespace tillkeeper::agent
