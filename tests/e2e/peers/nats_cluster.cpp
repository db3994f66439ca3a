#include "tests/e2e/peers/nats_cluster.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "tests/e2e/fetch.h"
#include "tests/e2e/json.h"
#include "tests/e2e/peers/peer_system.h"
#include "tests/e2e/ports.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

constexpr auto kStartMax = std::chrono::minutes(2);  // seconds on a machine with nothing else to do
constexpr auto kPause = std::chrono::milliseconds(20);

std::string name_of(std::size_t node) {
    return "nats-" + std::to_string(node + 1);
}

std::string address(int port) {
    return "127.0.0.1:" + std::to_string(port);
}

// Of what a node says about JetStream: the stream of all messages that came by MQTT.
Json messages_in(const Json& said) {
    for (const auto& account : said["account_details"].items())
        for (auto& stream : account["stream_detail"].items())
            if (stream["name"].text() == "$MQTT_msgs") return std::move(stream);
    return Json::parse("");
}

}  // namespace

NatsCluster::NatsCluster(std::filesystem::path folder, cloud::Pki pki)
    : folder_(std::move(folder)), pki_(std::move(pki)) {
    for (auto& node : nodes_)
        node = {.client_port = free_port(),
                .monitor_port = free_port(),
                .cluster_port = free_port(),
                .mqtt_port = free_port()};
}

Result<NatsCluster> NatsCluster::start(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    auto pki = cloud::prepare_pki(folder / "pki");
    if (!pki) return std::unexpected(pki.error());
    NatsCluster cluster(folder, std::move(*pki));
    for (std::size_t node = 0; node < kNodes; ++node)
        if (auto started = cluster.start_node(node); !started) return std::unexpected(started.error());
    if (!wait_until([&] { return cluster.formed(); }, kStartMax, kPause, [] {}))
        return fail(ErrorCode::kUnavailable, "no cluster: " + read_file(folder / "nats-1.log"));
    return cluster;
}

// The example of sync/examples with our addresses.
std::string NatsCluster::configuration(std::size_t node) const {
    const Node& self = nodes_.at(node);
    std::string text = read_file(std::filesystem::path(NATS_EXAMPLE) / "nats.conf");
    const auto put = [&text](const std::string& from, const std::string& to) { text = replaced(text, from, to); };
    put("listen: \"nats-1.example:6222\"", "listen: \"" + address(self.cluster_port) + '"');
    put("nats-1.example:8883", address(self.mqtt_port));
    put("127.0.0.1:4222", address(self.client_port));
    put("127.0.0.1:8222", address(self.monitor_port));
    for (std::size_t each = 0; each < kNodes; ++each)
        put(name_of(each) + ".example:6222", address(nodes_.at(each).cluster_port));
    put("/etc/nats/nats-1.pem", pki_.chain);
    put("/etc/nats/nats-1.key", pki_.server_key);
    put("/var/lib/nats", folder_ / name_of(node));
    put("server_name: nats-1", "server_name: " + name_of(node));
    put("change me", kPassword);
    return text;
}

std::string NatsCluster::destination() const {
    std::string text = read_file(std::filesystem::path(NATS_EXAMPLE) / "nats.toml");
    for (std::size_t node = 0; node < kNodes; ++node)
        text = replaced(text, name_of(node) + ".example:8883", address(mqtt_port(node)));
    return '\n' + replaced(text, "kind = \"mqtt\"\n",
                           "kind = \"mqtt\"\nreconnect_spread_s = 0\nca_file = \"" + ca_file().string() + "\"\n");
}

Result<void> NatsCluster::start_node(std::size_t node) {
    const auto file = folder_ / (name_of(node) + ".conf");
    if (auto written = write_file(file, configuration(node), 0600); !written) return written;
    ProcessOptions options;
    options.command = {"nats-server", "-c", file.string()};
    options.output = options.errors = folder_ / (name_of(node) + ".log");
    auto process = Process::start(options);
    if (!process) return std::unexpected(process.error());
    nodes_.at(node).process.emplace(std::move(*process));
    return {};
}

// "" where nobody answers, or not with 200.
std::string NatsCluster::monitor(std::size_t node, const std::string& path) const {
    const auto answer = fetch("http://127.0.0.1:" + std::to_string(nodes_.at(node).monitor_port) + path);
    return answer && answer->status == 200 ? answer->body : "";
}

// NATS' own word about health, where a consumer that belonged to a node that died stays "not current" for ever, is of
// use at the beginning alone.
bool NatsCluster::formed() const {
    for (std::size_t node = 0; node < kNodes; ++node)
        if (monitor(node, "/healthz").empty()) return false;
    return true;
}

bool NatsCluster::whole() const {
    for (std::size_t node = 0; node < kNodes; ++node) {
        const auto said = Json::parse(monitor(node, "/jsz?streams=true"));
        const auto stream = messages_in(said);
        const auto others = stream["cluster"]["replicas"].items();  // the leader knows them
        if (others.size() == kNodes - 1 &&
            std::ranges::all_of(others, [](const Json& each) { return each["current"].is_true(); }))
            return true;
    }
    return false;
}

std::optional<std::size_t> NatsCluster::node_of(const std::string& client_id) const {
    for (std::size_t node = 0; node < kNodes; ++node) {
        const auto said = Json::parse(monitor(node, "/connz"));
        for (const auto& connection : said["connections"].items())
            if (connection["mqtt_client"].text() == client_id) return node;
    }
    return {};
}

std::int64_t NatsCluster::stored() const {
    std::int64_t last = 0;
    for (std::size_t node = 0; node < kNodes; ++node) {
        const auto said = Json::parse(monitor(node, "/jsz?streams=true"));
        last = std::max(last, messages_in(said)["state"]["last_seq"].number());
    }
    return last;
}

}  // namespace tillkeeper::lab
