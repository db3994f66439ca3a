#include <algorithm>

#include "agent/config/cloud_tables.h"

namespace tillkeeper::agent {
namespace {

constexpr std::int64_t kPointsMax = 1'000'000'000;

// Whatever is spent must reach the engine, or an outage never ends.
void check_destination(TomlSection& s, const std::string& name,
                       const std::vector<sync::DestinationConfig>& destinations) {
    if (name.empty()) return;
    const auto found = std::ranges::find(destinations, name, &sync::DestinationConfig::name);
    if (found == destinations.end()) return s.fault("destination", "no destination has this name");
    if (found->types.empty()) return;
    for (const char* type : {"redemption", "redemption_voided", "lease_returned"})
        if (std::ranges::find(found->types, type) == found->types.end())
            s.fault("destination", '"' + name + "\" must also subscribe to the type \"" + type + '"');
}

void check_collections(TomlSection& s, const LoyaltyNames& names, const std::vector<sync::SourceConfig>& collections) {
    const auto of = [&](const std::string& name) {
        return std::ranges::find(collections, name, &sync::SourceConfig::collection);
    };
    const auto members = of(names.members);
    if (members != collections.end() && members->knows_deliveries_of != names.destination)
        s.fault("members", "the collection must say knows_deliveries_of = \"" + names.destination +
                               "\"; otherwise points spent here are not taken off its copy");
    const auto leases = of(names.leases);
    if (leases == collections.end()) return;
    for (const char* field : {"member_id", "pool", "store"})
        if (std::ranges::find(leases->search, field, &sync::SearchKeyConfig::field) == leases->search.end())
            s.fault("leases", "the collection must be found by \"" + std::string(field) + "\" (its key search)");
    if (of(names.keys) == collections.end()) s.fault("keys", "no collection has this name; leases are proven by it");
    if (names.issuer.empty()) s.fault("issuer", "missing; leases name who granted them");
}

}  // namespace

std::optional<LoyaltyConfig> read_loyalty(TomlSource& source, const toml::node* node, const CloudTables& others,
                                          bool tries) {
    if (node == nullptr) return std::nullopt;
    if (!node->is_table()) {
        source.fault(node, "loyalty: must be a table, [loyalty]");
        return std::nullopt;
    }
    TomlSection s(source, node->as_table(), "loyalty");
    LoyaltyConfig loyalty;
    auto& names = loyalty.names;
    s.required("destination", names.destination);
    s.optional("issuer", names.issuer);
    s.optional("key_pins", names.key_pins);
    s.optional("members", names.members);
    s.optional("leases", names.leases);
    s.optional("keys", names.keys);
    s.optional("allowance_member", loyalty.allowance.member, 0, kPointsMax);
    s.optional("allowance_store", loyalty.allowance.store, 0, kPointsMax);
    s.optional("unknown_members", loyalty.allowance.unknown_members);
    check_destination(s, names.destination, others.destinations);
    check_collections(s, names, others.collections);

    auto& live = loyalty.live;
    s.optional("url", live.url);
    require_secure(s, "url", live.url);
    s.path("ca_file", live.ca_file);
    std::int64_t deadline = 800;
    std::int64_t missed = live.missed_max;
    s.optional("deadline_ms", deadline, 10, 10'000);
    s.optional("missed_max", missed, 1, 100);
    live.deadline = std::chrono::milliseconds(deadline);
    live.missed_max = static_cast<int>(missed);
    read_login(source, s, {"loyalty", "loyalty"}, live.oauth);
    if (tries) try_key(s, live.oauth);
    s.no_others();
    return loyalty;
}

}  // namespace tillkeeper::agent
