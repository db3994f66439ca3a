// simulated-cloud: the ERP, OMS and CRM of tests and the demo. Says {"port":…} in one line when it is ready.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "tests/cloud/cloud.h"
#include "tests/cloud/json_text.h"

namespace {

// "id:rest"
std::pair<std::string, std::string> split_client(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) throw CLI::ValidationError("--client", "id:secret expected");
    return {text.substr(0, colon), text.substr(colon + 1)};
}

void say_ready(const tillkeeper::cloud::Cloud& cloud) {
    std::string doors;
    for (std::size_t i = 0; i < cloud.doors(); ++i) doors += (i > 0 ? "," : "") + std::to_string(cloud.port(i));
    std::string line = "{\"port\":" + std::to_string(cloud.port()) + ",\"doors\":[" + doors +
                       "],\"control_port\":" + std::to_string(cloud.control_port()) + ",\"ca\":";
    tillkeeper::cloud::append_json_string(line, cloud.ca_file().string());
    std::cout << line << "}" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
    tillkeeper::cloud::CloudOptions options;
    std::vector<std::string> clients;
    std::vector<std::string> client_keys;
    double token_ttl = 30;
    CLI::App app("A simulated cloud: OAuth, ERP, OMS and CRM over HTTPS, with faults on demand");
    app.add_option("--port", options.port, "HTTPS; 0 takes a free one");
    app.add_option("--control-port", options.control_port, "HTTP for faults and the ledger; 0 takes a free one");
    app.add_option("--doors", options.doors, "HTTPS ports to the same cloud, each can be shut alone");
    app.add_option("--address", options.address, "to listen at");
    app.add_option("--pki", options.pki, "folder of its certificates; made on the first start")->required();
    app.add_option("--certificate-days", options.certificate_days, "life of the server certificate; may be negative");
    app.add_option("--ledger", options.ledger, "folder of the ledger; without it, in memory only");
    app.add_option("--token-ttl", token_ttl, "life of an access token in seconds");
    app.add_option("--client-ca", options.client_ca, "CA of client certificates; with it nobody else comes in");
    app.add_flag("--dpop", options.dpop, "every token is bound to a key, every request needs a proof with a nonce");
    app.add_option("--client", clients, "id:secret of a client; repeatable");
    app.add_option("--client-key", client_keys, "id:file of a client's public key; repeatable");
    app.add_option("--seed", options.seed, "of everything random");
    try {
        app.parse(argc, argv);
        for (const std::string& client : clients) options.clients.push_back(split_client(client));
        for (const std::string& client : client_keys) options.client_keys.push_back(split_client(client));
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    }
    options.token_ttl = std::chrono::milliseconds(static_cast<std::int64_t>(token_ttl * 1000));
    std::signal(SIGPIPE, SIG_IGN);
    auto cloud = tillkeeper::cloud::Cloud::make(options);
    if (!cloud) {
        std::cerr << "simulated-cloud: " << cloud.error().message << "\n";
        return 1;
    }
    say_ready(**cloud);
    (*cloud)->run();
    return 0;
}
