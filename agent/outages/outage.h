// Outage: a time in which destinations could not be reached, and how the journal tells it: by one entry when it begins,
// so that a restart goes on with it, and one when it is over. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/entry.h"

namespace tillkeeper::agent {

// One destination during an outage.
struct CutOff {
    std::string destination;
    std::string cause;  // as the contract writes it; the newest
    WallTime from;
    WallTime until;  // seen last
};

struct Outage {
    WallTime from;
    std::optional<WallTime> until;     // nothing: it goes on
    std::string state;                 // the worst of it: "offline" or "degraded"
    std::string cause;                 // of that; "" where nobody knew
    storage::JournalNumber after = 0;  // what was sold before has numbers up to this one
    std::int64_t sales = 0;            // that the journal took meanwhile
    std::vector<CutOff> destinations;
};

// {"from","until","state","cause","after_number","sales","destinations":{"erp":{"cause","from","until"}}}
[[nodiscard]] std::string to_json(const Outage& outage);
// {"outages":[...]}; the newest first, as people ask for them.
[[nodiscard]] std::string outages_json(std::span<const Outage> oldest_first);

// Of type `outage`: that it began, or that it is over. The same outage has the same two ids for ever.
[[nodiscard]] storage::NewEntry outage_entry(const Outage& outage, storage::Arrival arrival);
// The oldest first, each as the journal tells it last. What cannot be read is left out.
[[nodiscard]] std::vector<Outage> outages_of(std::span<const storage::Entry> newest_first);

}  // namespace tillkeeper::agent
