// The store's state as a document: what the bus retains, /api/status serves, `tillkeeper status` shows and the metrics
// repeat. Values only; put together by whoever knows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/clock.h"
#include "storage/entry.h"
#include "sync/destination.h"

namespace tillkeeper::agent {

struct DestinationState {
    sync::DestinationStatus sync;
    std::int64_t behind = 0;          // entries not yet passed by its cursor
    std::optional<WallTime> oldest;   // arrival of the first of them
    std::int64_t oldest_seconds = 0;  // its age
    std::int64_t held = 0;
    std::optional<std::int64_t> eta_s;  // while catching up, where the rate is known
};

struct StoreState {
    std::string store;
    std::string state = "online";  // online, catching_up, degraded, offline
    WallTime since;
    std::string cause;      // "" : none
    std::int64_t safe = 0;  // accepted and not yet delivered everywhere
    std::int64_t quarantined = 0;
    std::int64_t held = 0;
    std::int64_t differences = 0;  // rows in the journal that say where a destination booked otherwise
    std::vector<DestinationState> destinations;
    storage::JournalNumber last = 0;  // newest journal number
    std::int64_t journal_entries = 0;
    std::uint64_t journal_bytes = 0;
    std::uint64_t disk_free_bytes = 0;
    std::optional<std::int64_t> runway_hours;  // until the disk is full at today's rate; unknown without sales
    bool clock_trusted = false;
    std::string not_accepting;  // "" or why no transaction can be accepted
};

// The document of the contract.
[[nodiscard]] std::string to_json(const StoreState& state);

// One sentence for people: "Offline since 10:42 UTC. Keep selling. 133 sales are safe on this box."
[[nodiscard]] std::string sentence(const StoreState& state);

}  // namespace tillkeeper::agent
