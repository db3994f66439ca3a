#include "agent/bus_access/bus_certificates.h"

#include "agent/bus_access/running_broker.h"
#include "agent/bus_access/store_authority.h"
#include "platform/log.h"

namespace tillkeeper::agent {

Result<void> keep_bus_certificates(const Config& config, WallTime now) {
    if (config.broker_folder.empty()) return {};
    const StoreAuthority authority(config.broker_folder + "/tls", config.broker_hosts);
    const auto changed = authority.keep(now);
    if (!changed) return std::unexpected(changed.error());
    if (*changed) log(LogLevel::kNotice, "bus certificates made or renewed", {{"folder", config.broker_folder}});
    if (!authority.untold()) return {};
    const auto told = reload_broker(config.broker_folder);
    if (!told) return std::unexpected(told.error());
    if (*told) authority.told();  // else it was away: it is told when it is asked for the next time
    return {};
}

}  // namespace tillkeeper::agent
