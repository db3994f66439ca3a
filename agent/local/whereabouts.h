// Whereabouts: where a transaction of the journal is, by destination. The page, the command line and the bus tell it
// from here, so that all three say the same. Reads indexes and a few rows, no bodies. Thread: the reader's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/journal_reader.h"
#include "sync/destination.h"

namespace tillkeeper::agent {

// What one destination has of it.
struct Delivery {
    enum class State : std::uint8_t {
        kDelivered,
        kOnWay,
        kHeld,      // a person must look at it first
        kFollows,   // an earlier one that it depends on is held
        kNotMeant,  // it does not go there
    };
    std::string destination;
    State state = State::kOnWay;
    std::string document;  // its number there; "" where it said none
};
// As the contract writes it: "delivered", "waiting", "held", "follows", "not_sent".
[[nodiscard]] std::string_view to_string(Delivery::State state);

struct Whereabouts {
    WallTime safe_since;  // with the right time where that became known only later, in the same boot
    bool quarantined = false;
    std::vector<Delivery> deliveries;
};

// For those destinations, in their order.
[[nodiscard]] Result<Whereabouts> whereabouts(storage::JournalReader& reader, const storage::Entry& entry,
                                              const std::vector<sync::DestinationConfig>& destinations);

// {"safe_since":"..","destinations":{"erp":{"state":"delivered","document":"SO-17"}}}; `document` where there is one.
[[nodiscard]] std::string to_json(const Whereabouts& where);

// What is held of one entry: a row for each place, "" for quarantine.
[[nodiscard]] Result<std::vector<storage::HeldItem>> held_of(storage::JournalReader& reader,
                                                             storage::JournalNumber number);

}  // namespace tillkeeper::agent
