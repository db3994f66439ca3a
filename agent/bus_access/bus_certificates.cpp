#include "agent/bus_access/bus_certificates.h"

#include "agent/bus_access/running_broker.h"
#include "agent/bus_access/store_authority.h"
#include "platform/log.h"

namespace tillkeeper::agent {

Result<void> keep_bus_certificates(const Config& config, WallTime now) {
    if (config.broker_folder.empty()) return {};
    const auto changed = StoreAuthority(config.broker_folder + "/tls", config.broker_hosts).keep(now);
    if (!changed) return std::unexpected(changed.error());
    if (!*changed) return {};
    log(LogLevel::kNotice, "bus certificates made or renewed", {{"folder", config.broker_folder}});
    const auto told = reload_broker(config.broker_folder);
    return told ? Result<void>() : std::unexpected(told.error());
}

}  // namespace tillkeeper::agent
