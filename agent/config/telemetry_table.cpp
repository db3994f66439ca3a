// The table [telemetry]: what is sent to a collector, and where it is.
#include <algorithm>

#include "agent/config/cloud_tables.h"

namespace tillkeeper::agent {
namespace {

void read_signals(TomlSection& s, TelemetryConfig& telemetry) {
    std::vector<std::string> wanted;
    if (s.take("signals") == nullptr)
        for (const auto signal : kTelemetrySignals) wanted.emplace_back(to_string(signal));
    s.optional("signals", wanted);
    for (const auto signal : kTelemetrySignals) telemetry.sends[signal] = std::erase(wanted, to_string(signal)) > 0;
    if (!wanted.empty())
        s.fault("signals", "must be some of \"metrics\", \"logs\" and \"traces\"");
    else if (std::ranges::none_of(kTelemetrySignals, [&](auto signal) { return telemetry.sends[signal]; }))
        s.fault("signals", "names nothing to send; leave the table [telemetry] out");
}

}  // namespace

std::optional<TelemetryConfig> read_telemetry(TomlSource& source, const toml::node* node) {
    if (node == nullptr) return std::nullopt;
    if (!node->is_table()) {
        source.fault(node, "telemetry: must be a table, [telemetry]");
        return std::nullopt;
    }
    TomlSection s(source, node->as_table(), "telemetry");
    TelemetryConfig telemetry;
    s.required("otlp_url", telemetry.url);
    require_secure(s, "otlp_url", telemetry.url);
    while (telemetry.url.ends_with('/')) telemetry.url.pop_back();
    s.path("ca_file", telemetry.ca_file);
    std::int64_t every = 60;
    s.optional("every_s", every, 1, 86'400);
    telemetry.every = std::chrono::seconds(every);
    read_signals(s, telemetry);
    sync::OAuthClient login;
    read_login(source, s, {"telemetry", "telemetry"}, login);
    if (login.auth != sync::ClientAuth::kNone) s.fault("oauth", "a collector takes basic or api_key");
    telemetry.headers = login.secret_header;
    s.no_others();
    return telemetry;
}

}  // namespace tillkeeper::agent
