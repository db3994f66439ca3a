// Sale: one transaction as the world outside the daemon knows it: what it says, and what ought to become of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "platform/clock.h"
#include "platform/random.h"

namespace tillkeeper::simulation {

enum class Fate : std::uint8_t {
    kFine,         // accepted, delivered
    kQuarantined,  // not understood fully: stored, and a person looks
    kConflict,     // the id of another one with other content: likewise
    kCardNumber,   // refused for good
    kMalformed,    // likewise
    kTooLarge,     // likewise
    kNotYours,     // asks for its answer on another till's topic: likewise
};

// What one system knows of a sale, and what we know of that.
struct AtSystem {
    std::int64_t effects = 0;    // distinct bodies that took effect
    std::string repaired;        // what a person wrote last, for sure: nothing else may come any more
    bool rejected = false;       // the system said no to it at least once
    bool choked = false;         // the system failed on just this one for a while
    bool maybe_skipped = false;  // a person said skip; it may not have been recorded
    bool skipped = false;
    bool unsure = false;            // the last decision got no clear answer
    bool ever_unsure = false;       // some decision did not
    std::set<std::string> repairs;  // bodies that a person wrote for it
};

struct Sale {
    std::string key;  // Correlation Data: tells two sales of one id apart
    std::string id;
    std::string till;
    std::int64_t sequence = 0;
    std::string type;
    std::string body;    // exactly the bytes that the till sends
    std::string plain;   // the same, canonical
    std::string mended;  // the same sale as nobody would object to it
    std::string refers_to;
    std::string poison;       // the system that rejects it for its content, or ""
    std::string reply_topic;  // where the till wants its answer; "": as usual
    Fate fate = Fate::kFine;
    std::set<bool> clock_trust;  // what the box thought of its clock around each hand-over

    // What tills were told.
    std::int64_t number = 0;  // journal number; 0: never told
    std::string hash;         // of its entry
    bool told = false;        // accepted, duplicate or quarantined left the daemon: it must be there for ever
    bool settled = false;     // the till may forget it
    bool offered = false;     // handed over at least once
    Duration offered_at{};
    Duration sold_at{};
    bool decided = false;            // a person has decided something about it
    std::set<std::string> released;  // bodies that a person let through, when it was quarantined
    std::set<std::string> released_ids;
    bool maybe_skipped = false;  // in quarantine
    std::map<std::string, AtSystem, std::less<>> at;
};

struct SaleDraft {
    std::string id;
    std::string till;
    std::int64_t sequence = 0;
    Fate fate = Fate::kFine;
    std::string refers_to;
    std::string poison;
    std::string short_id;  // for what says nearly nothing
    bool large = false;
    WallTime occurred_at;
};

// What its till says of its trace: half of them, by their ids, the others "".
[[nodiscard]] std::string trace_of(const std::string& id);
[[nodiscard]] Sale make_sale(const SaleDraft& draft, Random& random);
// JSON without spaces and with its members in their order: what two documents are compared by.
[[nodiscard]] std::string canonical(std::string_view json);

inline constexpr std::string_view kCardNumber = "4111111111111111";  // a test number of the card schemes

}  // namespace tillkeeper::simulation
