#include "agent/known_ends.h"

#include <algorithm>

#include "agent/bus_access/certificate_ends.h"
#include "agent/bus_access/renewal.h"

namespace tillkeeper::agent {
namespace {

constexpr std::string_view kPrices = "prices";
constexpr Duration kRenewalTakes = std::chrono::hours(24);  // it is looked at each hour, but a box may be switched off

// Of the two that the store's own CA makes anew while it can.
bool renews_itself(const std::string& use, WallTime until, WallTime now) {
    if (use != "bus_server" && use != "bus_agent") return false;
    const Duration life = use == "bus_server" ? kServerLife : kAgentLife;
    return !is_renewal_due(until + kRenewalTakes, life, now);
}

}  // namespace

std::vector<KnownEnd> known_ends(const Config& config, const std::vector<sync::SourceStatus>& copies, WallTime now) {
    std::vector<KnownEnd> ends;
    for (const auto& [use, until] : certificate_ends(config)) {
        if (renews_itself(use, until, now)) continue;
        ends.push_back({use.starts_with("bus_") ? RunwayLimit::kCertificate : RunwayLimit::kLogin, until});
    }
    for (const auto& copy : copies) {
        if (copy.collection != kPrices || !copy.mirror.as_of) continue;
        const auto source = std::ranges::find(config.collections, kPrices, &sync::SourceConfig::collection);
        if (source != config.collections.end())
            ends.push_back({RunwayLimit::kPrices, *copy.mirror.as_of + source->fresh});
    }
    return ends;
}

}  // namespace tillkeeper::agent
