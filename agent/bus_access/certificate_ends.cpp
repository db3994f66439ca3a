#include "agent/bus_access/certificate_ends.h"

#include <utility>

#include "agent/bus_access/safe_file.h"
#include "agent/config/clients.h"
#include "platform/certificates.h"

namespace tillkeeper::agent {

std::map<std::string, WallTime> client_certificate_ends(const Config& config) {
    std::map<std::string, WallTime> ends;
    for_each_client(config, [&](const std::string& use, const sync::OAuthClient& client, const std::string&) {
        if (!client.identity) return;
        const auto shown = client.identity();
        const auto facts = read_certificate(shown ? shown->certificate_pem : "");
        if (facts) ends[use] = facts->until;
    });
    return ends;
}

std::map<std::string, WallTime> certificate_ends(const Config& config) {
    auto ends = client_certificate_ends(config);
    if (config.broker_folder.empty()) return ends;
    for (const auto& [use, file] :
         {std::pair{"bus_authority", "/tls/ca.pem"}, std::pair{"bus_server", "/tls/server.pem"},
          std::pair{"bus_agent", "/tls/agent.pem"}}) {
        const auto text = read_if_there(config.broker_folder + file);
        const auto facts = read_certificate(text.value_or(""));
        if (facts) ends[use] = facts->until;
    }
    return ends;
}

}  // namespace tillkeeper::agent
