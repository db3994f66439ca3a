#include "agent/config/cloud_tables.h"

namespace tillkeeper::agent {

std::optional<HeartbeatConfig> read_heartbeat(TomlSource& source, const toml::node* node, bool tries) {
    if (node == nullptr) return std::nullopt;
    if (!node->is_table()) {
        source.fault(node, "heartbeat: must be a table, [heartbeat]");
        return std::nullopt;
    }
    TomlSection s(source, node->as_table(), "heartbeat");
    HeartbeatConfig heartbeat;
    s.required("url", heartbeat.url);
    require_secure(s, "url", heartbeat.url);
    s.path("ca_file", heartbeat.ca_file);
    std::int64_t every = 300;
    s.optional("every_s", every, 1, 86'400);
    heartbeat.every = std::chrono::seconds(every);
    read_login(source, s, {"heartbeat", "heartbeat"}, heartbeat.oauth);
    if (tries) try_key(s, heartbeat.oauth);
    s.no_others();
    return heartbeat;
}

}  // namespace tillkeeper::agent
