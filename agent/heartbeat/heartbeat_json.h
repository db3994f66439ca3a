// What a heartbeat says: numbers and names of parts, nothing of a transaction, a member or a person. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "agent/day/manifest.h"
#include "agent/local/store_state.h"

namespace tillkeeper::agent {

struct HeartbeatFacts {
    WallTime sent_at;
    WallTime started_at;
    int schema = 0;                                    // form of the journal
    std::map<std::string, std::string> configuration;  // file of the configuration: SHA-256, the first 16 of its digits
    StoreState state;
    std::optional<Manifest> manifest;  // the newest
};

[[nodiscard]] std::string heartbeat_json(const HeartbeatFacts& facts);

}  // namespace tillkeeper::agent
