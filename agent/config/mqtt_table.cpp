// What a [[destination]] of kind "mqtt" says beside what all of them say.
#include <charconv>
#include <optional>

#include "agent/config/cloud_tables.h"
#include "sync/mqtt_topic.h"

namespace tillkeeper::agent {
namespace {

constexpr std::string_view kScheme = "mqtts://";
constexpr std::size_t kAddressesMax = 16;
constexpr std::size_t kClientIdBytesMax = 128;

// "mqtts://host", "mqtts://host:8883", "mqtts://[::1]:8883"
std::optional<MqttAddress> address_of(std::string_view url) {
    if (!url.starts_with(kScheme)) return {};
    url.remove_prefix(kScheme.size());
    MqttAddress address;
    const std::size_t end = url.starts_with('[') ? url.find(']') : std::string_view::npos;
    if (url.starts_with('[') && end == std::string_view::npos) return {};
    const std::size_t colon = url.find(':', end == std::string_view::npos ? 0 : end);
    const std::string_view host = url.substr(0, colon);
    if (colon != std::string_view::npos) {
        const std::string_view port = url.substr(colon + 1);
        const auto [stop, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
        if (error != std::errc() || stop != port.data() + port.size() || address.port < 1 || address.port > 65535)
            return {};
    }
    address.host = host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
    const bool odd = address.host.find_first_of("/?#@[] \t") != std::string::npos;
    if (address.host.empty() || odd) return {};
    return address;
}

void addresses(TomlSection& s, std::vector<MqttAddress>& out) {
    std::vector<std::string> urls;
    const auto* node = s.take("url");
    if (node != nullptr && node->is_array())
        s.optional("url", urls);
    else
        s.required("url", urls.emplace_back());
    if (node == nullptr) return;
    if (urls.empty() || urls.size() > kAddressesMax) s.fault("url", "must name 1 to 16 addresses");
    for (const auto& url : urls)
        if (auto address = address_of(url))
            out.push_back(std::move(*address));
        else
            s.fault("url", "must be mqtts://HOST or mqtts://HOST:PORT, or a list of them");
}

void version(TomlSection& s, sync::DestinationConfig& d) {
    std::string version = "5";
    s.optional("mqtt_version", version);
    d.mqtt.version5 = version == "5";
    if (version != "5" && version != "3.1.1") s.fault("mqtt_version", "must be \"5\" or \"3.1.1\"");
    if (!d.mqtt.version5 && d.format == sync::EventFormat::kBinary)
        s.fault("format", "\"binary\" needs MQTT 5, whose properties carry the attributes");
}

}  // namespace

void read_mqtt(TomlSection& s, sync::DestinationConfig& d) {
    addresses(s, d.mqtt.addresses);
    s.required("topic", d.topic);
    if (auto good = sync::check_topic_template(d.topic); !d.topic.empty() && !good)
        s.fault("topic", good.error().message);
    version(s, d);
    s.optional("mqtt_client_id", d.mqtt.client_id);
    if (d.mqtt.client_id.size() > kClientIdBytesMax) s.fault("mqtt_client_id", "must be at most 128 bytes");
    s.optional("username", d.mqtt.username);
    s.file("password_file", d.mqtt.password, true);
    s.optional("needs_subscriber", d.mqtt.needs_subscriber);
}

// Once the login is known as well.
void check_mqtt_login(TomlSection& s, const sync::DestinationConfig& d) {
    const bool token = d.oauth.auth != sync::ClientAuth::kNone;
    if (token && !d.mqtt.password.empty()) s.fault("password_file", "not beside [oauth], whose token is the password");
    if (!d.oauth.secret_header.empty())
        s.fault("url", "a broker wants username and password_file of the destination itself, not basic or api_key");
    if (!token && !d.mqtt.password.empty() && d.mqtt.username.empty()) s.fault("username", "missing");
    if (!d.oauth.dpop_key_pem.empty()) s.fault("oauth", "dpop_key_file: a token for a broker cannot be bound to a key");
}

}  // namespace tillkeeper::agent
