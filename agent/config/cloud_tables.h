// The tables of the configuration that name cloud systems: what a [[destination]], a [[collection]] and [loyalty] are
// made of. Faults go to the source they were read from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/toml_section.h"
#include "agent/heartbeat/heartbeat_config.h"
#include "agent/loyalty/loyalty_config.h"
#include "agent/telemetry/telemetry_config.h"
#include "sync/destination.h"
#include "sync/source.h"

namespace tillkeeper::agent {

inline constexpr std::size_t kDestinationsMax = 32;
inline constexpr std::size_t kCollectionsMax = 32;

// `tries`, here and below: also whether jq programs compile, and private keys and certificates can be used.
[[nodiscard]] std::vector<sync::DestinationConfig> read_destinations(TomlSource& source, const toml::node* node,
                                                                     bool tries);
// `destinations`: which knows_deliveries_of may name.
[[nodiscard]] std::vector<sync::SourceConfig> read_collections(TomlSource& source, const toml::node* node,
                                                               const std::vector<sync::DestinationConfig>& destinations,
                                                               bool tries);

struct CloudTables {
    const std::vector<sync::DestinationConfig>& destinations;
    const std::vector<sync::SourceConfig>& collections;
};
// The table [loyalty]; nothing when there is none. `others`: what it may name.
[[nodiscard]] std::optional<LoyaltyConfig> read_loyalty(TomlSource& source, const toml::node* node,
                                                        const CloudTables& others, bool tries);

// The table [heartbeat]; nothing when there is none.
[[nodiscard]] std::optional<HeartbeatConfig> read_heartbeat(TomlSource& source, const toml::node* node, bool tries);
// The table [telemetry]; nothing when there is none.
[[nodiscard]] std::optional<TelemetryConfig> read_telemetry(TomlSource& source, const toml::node* node);

// The tables of a list of tables, [[name]]; a fault and nothing when it is something else, or more than `max`.
[[nodiscard]] std::vector<const toml::table*> tables_of(TomlSource& source, const toml::node* node,
                                                        const std::string& name, std::size_t max);
// 1 to 32 of a-z 0-9 _ -
[[nodiscard]] bool is_cloud_name(std::string_view name);
void require_secure(TomlSection& section, std::string_view key, const std::string& url);
// What a destination of kind "mqtt" says beside what all say; and, once its login is known, whether that fits.
void read_mqtt(TomlSection& section, sync::DestinationConfig& out);
void check_mqtt_login(TomlSection& section, const sync::DestinationConfig& destination);
// A fault where the private key or the certificate cannot be used.
void try_key(TomlSection& section, const sync::OAuthClient& client);
struct TableName {
    std::string kind;  // "destination"
    std::string own;   // "erp"
};
// How the section's requests prove who sends them: its own table "oauth", or "basic", or "api_key", or none.
void read_login(TomlSource& source, TomlSection& section, const TableName& table, sync::OAuthClient& out);
// The table "oauth", where it has one.
void read_oauth(TomlSource& source, TomlSection& section, const TableName& table, sync::OAuthClient& out);

}  // namespace tillkeeper::agent
