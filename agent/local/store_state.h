// The store's state as a document: what the bus retains, /api/status serves, `tillkeeper status` shows and the metrics
// repeat. Values only; put together by whoever knows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/local/runway.h"
#include "platform/clock.h"
#include "platform/hardware.h"
#include "storage/entry.h"
#include "storage/progress.h"
#include "sync/destination.h"

namespace tillkeeper::agent {

struct DestinationState {
    sync::DestinationStatus sync;
    std::int64_t behind = 0;          // entries not yet passed by its cursor
    std::optional<WallTime> oldest;   // arrival of the first of them
    std::int64_t oldest_seconds = 0;  // its age
    std::int64_t held = 0;
    std::int64_t held_seconds = 0;                   // how long the oldest of them waits
    std::optional<storage::Booking> newest_booking;  // of what it has
    std::int64_t caught_up = 0;                      // of its backlog, since it fell behind
    std::optional<std::int64_t> eta_s;               // while catching up, where the rate is known
};

// A collection that this store keeps a copy of.
struct CopyState {
    std::string collection;
    std::optional<std::int64_t> age_seconds;  // none: never pulled
    bool stale = true;                        // older than its configuration allows
};

struct StoreState {
    std::string store;
    std::string state = "online";  // online, catching_up, degraded, offline
    WallTime since;
    std::string cause;      // "" : none
    std::int64_t safe = 0;  // accepted and not yet delivered everywhere
    std::int64_t quarantined = 0;
    std::int64_t quarantined_seconds = 0;  // how long the oldest of them waits
    std::int64_t held = 0;
    std::int64_t differences = 0;  // rows in the journal that say where a destination booked otherwise
    std::vector<DestinationState> destinations;
    std::vector<CopyState> copies;
    storage::JournalNumber last = 0;  // newest journal number
    std::int64_t journal_entries = 0;
    std::uint64_t journal_bytes = 0;
    std::uint64_t disk_free_bytes = 0;
    std::optional<Runway> runway;  // unknown without sales
    bool clock_trusted = false;
    HardwareIdentity box;
    HardwareState hardware;
    std::optional<WallTime> offline_until;  // people keep it offline so long
    std::string offline_by;                 // who, and why; for the command line alone
    std::string not_accepting;              // "" or why no transaction can be accepted
};

// "waiting", "catching_up" or "current".
[[nodiscard]] std::string_view name_of_state(const DestinationState& destination);

// The document of the contract.
[[nodiscard]] std::string to_json(const StoreState& state);

// One sentence for people: "Offline since 10:42 UTC. Keep selling. 133 sales are safe on this box."
[[nodiscard]] std::string sentence(const StoreState& state);

}  // namespace tillkeeper::agent
