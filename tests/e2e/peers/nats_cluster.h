// Three nodes of NATS that are one JetStream cluster: a broker by its MQTT side, TLS in front, where what is
// acknowledged lies on two nodes at least.
//
// Thread: the one that made it, see process.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "platform/result.h"
#include "tests/cloud/pki.h"
#include "tests/e2e/process.h"

namespace tillkeeper::lab {

class NatsCluster {
  public:
    static constexpr std::size_t kNodes = 3;
    static constexpr const char* kUser = "stores";
    static constexpr const char* kPassword = "s e+c:ret%";

    // The nodes agree on who leads when it returns. Configurations, logs, certificates and what they store: in
    // `folder`.
    [[nodiscard]] static Result<NatsCluster> start(const std::filesystem::path& folder);

    // At its old addresses, with what it had stored. Does not wait for it.
    [[nodiscard]] Result<void> start_node(std::size_t node);
    // SIGKILL
    void kill(std::size_t node) { nodes_.at(node).process.reset(); }

    // Each node has all messages that are stored.
    [[nodiscard]] bool whole() const;
    // To which that client is connected by MQTT.
    [[nodiscard]] std::optional<std::size_t> node_of(const std::string& client_id) const;
    // Messages that were stored since the beginning, twice what came twice.
    [[nodiscard]] std::int64_t stored() const;

    // That of sync/examples with our addresses; its password is in "nats.password" beside the agent's configuration.
    [[nodiscard]] std::string destination() const;
    [[nodiscard]] int mqtt_port(std::size_t node) const { return nodes_.at(node).mqtt_port; }
    [[nodiscard]] std::filesystem::path ca_file() const { return pki_.ca; }

  private:
    struct Node {
        int client_port;
        int monitor_port;
        int cluster_port;
        int mqtt_port;
        std::optional<Process> process{};
    };

    NatsCluster(std::filesystem::path folder, cloud::Pki pki);
    [[nodiscard]] bool formed() const;
    [[nodiscard]] std::string configuration(std::size_t node) const;
    [[nodiscard]] std::string monitor(std::size_t node, const std::string& path) const;

    std::filesystem::path folder_;
    cloud::Pki pki_;
    std::array<Node, kNodes> nodes_;
};

}  // namespace tillkeeper::lab
