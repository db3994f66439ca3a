#include "tests/e2e/agent_config.h"

namespace tillkeeper::lab {
namespace {

std::string quoted(const std::string& key, const std::string& value) {
    return key + " = \"" + value + "\"\n";
}

std::string number(const std::string& key, int value) {
    return key + " = " + std::to_string(value) + "\n";
}

std::string destination(const DestinationSetup& setup) {
    std::string text = "\n[[destination]]\n";
    text += quoted("name", setup.name) + quoted("kind", "cloudevents") + quoted("url", setup.url);
    if (!setup.ca_file.empty()) text += quoted("ca_file", setup.ca_file);
    if (!setup.mapping_file.empty()) text += quoted("mapping_file", setup.mapping_file);
    text += number("reconnect_spread_s", 0);  // one store: its backlog waits for nobody, however long outages get
    text += setup.more;
    if (setup.token_url.empty() && setup.issuer.empty()) return text;
    const bool with_secret = setup.auth.starts_with("client_secret_");
    text += "[destination.oauth]\n" + quoted("auth", setup.auth) +
            (setup.token_url.empty() ? quoted("issuer", setup.issuer) : quoted("token_url", setup.token_url)) +
            quoted("client_id", setup.client_id);
    if (!setup.secret_file.empty())
        text += quoted(with_secret ? "client_secret_file" : "private_key_file", setup.secret_file);
    if (!setup.certificate_file.empty()) text += quoted("certificate_file", setup.certificate_file);
    return text + setup.oauth_more;
}

}  // namespace

std::string agent_config(const AgentSetup& setup) {
    std::string text = "# Written for a test.\n[store]\n";
    text += quoted("id", setup.store_id) + quoted("data", setup.data_folder.string());
    text += "\n[bus]\n" + number("port", setup.bus_port) + quoted("username", "tillkeeper");
    if (!setup.bus_password_file.empty()) text += quoted("password_file", setup.bus_password_file);
    if (!setup.bus_certificate_file.empty()) text += quoted("certificate_file", setup.bus_certificate_file);
    if (!setup.broker_folder.empty()) text += quoted("broker_folder", setup.broker_folder);
    text += "\n[page]\n" + number("port", setup.page_port);
    if (!setup.page_identity.empty())
        text +=
            quoted("certificate_file", setup.page_identity + ".pem") + quoted("key_file", setup.page_identity + ".key");
    text += "\n[control]\n" + quoted("socket", setup.control_socket.string());
    if (!setup.clock_set_file.empty()) text += "\n[clock]\n" + quoted("set_file", setup.clock_set_file);
    text += "\n[day]\ncloses_at = \"00:00\"\n";  // simulated tills go by the calendar
    for (const auto& each : setup.destinations) text += destination(each);
    return text + setup.more;
}

}  // namespace tillkeeper::lab
