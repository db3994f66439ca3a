// The OAuth clients of a configuration, whatever they are for.
#pragma once

#include <string>
#include <vector>

#include "agent/config/config.h"

namespace tillkeeper::agent {

// act(use, client, ca_file) for each table "oauth"; `use` is "destination_erp", "collection_members", "heartbeat",
// "loyalty".
template <typename Configuration, typename Act>
void for_each_client(Configuration& config, Act act) {
    for (auto& each : config.destinations) act("destination_" + each.name, each.oauth, each.ca_file);
    for (auto& each : config.collections) act("collection_" + each.collection, each.oauth, each.ca_file);
    if (config.heartbeat) act(std::string("heartbeat"), config.heartbeat->oauth, config.heartbeat->ca_file);
    if (config.loyalty) act(std::string("loyalty"), config.loyalty->live.oauth, config.loyalty->live.ca_file);
}

// What a person enrols a box for: every table "oauth" of one `login`, with all their scopes and resources.
struct Login {
    std::string name;
    sync::OAuthClient client;
    std::string ca_file;
    std::vector<std::string> uses;
};
// By name; kInvalid where tables of one login are not of one client at one server.
[[nodiscard]] Result<std::vector<Login>> logins_of(const Config& config);

}  // namespace tillkeeper::agent
