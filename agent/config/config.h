// The daemon's configuration: one TOML file and the files that it names.
//
// Secrets stand in files of their own, never in the configuration, and are refused when others may read them.
// Relative paths count from the configuration file's folder.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/hours.h"
#include "agent/heartbeat/heartbeat_config.h"
#include "agent/loyalty/loyalty_config.h"
#include "agent/telemetry/telemetry_config.h"
#include "platform/clock.h"
#include "platform/mqtt.h"
#include "sync/destination.h"
#include "sync/source.h"

namespace tillkeeper::agent {

struct Config {
    std::string store_id;
    std::string data_folder;
    MqttOptions bus;                        // without client_id and will
    std::string bus_identity;               // what its client id is made from: its password, or a secret of its own
    std::string broker_folder;              // "" when the broker is looked after elsewhere
    std::vector<std::string> broker_hosts;  // further names and addresses for the broker's certificate
    std::string page_address = "127.0.0.1";
    int page_port = 8480;
    std::vector<std::string> page_hosts;  // further names by which browsers may call it
    TlsIdentity page_identity;            // empty: plain HTTP
    std::string page_language = "en";     // where neither a person nor the browser says one
    std::string control_socket = "/run/tillkeeper/control.sock";
    std::string clock_set_file;  // there once the clock was set since boot; "": only what the system says of itself
    std::map<std::string, std::string> files;  // what it was read from, and 16 digits of each one's SHA-256
    std::optional<HeartbeatConfig> heartbeat;  // nothing: headquarters wants none
    std::string sysfs = "/sys";                // where the box's kernel shows its hardware
    Duration retention = std::chrono::hours(24 * 90);
    // When the manifest of a business day is made, in the store's own time; nothing: only when somebody asks.
    std::optional<std::chrono::minutes> day_closes_at;
    Hours update_window{std::chrono::hours(1), std::chrono::hours(5)};  // when nobody sells, by the store's own time
    std::string journal_key;                                            // 32 bytes, or "" when bodies are not sealed
    std::vector<std::string> older_journal_keys;                        // only open what was sealed before
    std::string journal_key_file;                                       // "" without
    std::vector<std::string> privacy_keep;  // members whose text an erasure keeps, see contract/redaction.h
    std::vector<sync::DestinationConfig> destinations;
    std::optional<LoyaltyConfig> loyalty;         // how points are spent; nothing: they are not
    std::optional<TelemetryConfig> telemetry;     // where measurements are sent to; nothing: nowhere
    std::vector<sync::SourceConfig> collections;  // what the store keeps copies of, see agent/lookups
};

// One line each: "file:line: what is wrong; what to do". Never empty on failure.
using ConfigFaults = std::vector<std::string>;

// Reads everything and tells all faults at once.
[[nodiscard]] std::expected<Config, ConfigFaults> load_config(const std::string& path);
// The same, and tries whether jq programs compile and private keys can be used: some 30 ms for each.
[[nodiscard]] std::expected<Config, ConfigFaults> check_config(const std::string& path);

}  // namespace tillkeeper::agent
