// PageFacts: all that one look at the page shows. Values only, and nothing about a person: no member, no name but that
// of who is signed in, nothing of what was sold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/local/store_state.h"
#include "agent/local/whereabouts.h"
#include "agent/outages/outage.h"
#include "agent/page/words.h"
#include "agent/tills/till_presence.h"
#include "storage/progress.h"

namespace tillkeeper::agent {

// Whether sales can be accepted, and if not, why.
enum class Intake : std::uint8_t { kOpen, kNoBus, kDiskFull, kBusy, kRecovering, kNoPower };
// By what the journal says.
[[nodiscard]] inline Intake intake_of(const Result<void>& accepting) {
    if (accepting) return Intake::kOpen;
    if (accepting.error().code == ErrorCode::kLimit) return Intake::kBusy;
    return accepting.error().code == ErrorCode::kStorageFull ? Intake::kDiskFull : Intake::kRecovering;
}

struct TillRow {
    std::string name;
    Seen seen;
    std::optional<WallTime> last_sale;
    std::vector<std::pair<std::int64_t, std::int64_t>> missing;  // first to last; the newest ranges
    std::int64_t missing_count = 0;
    std::optional<Duration> clock_ahead;
};

struct WaitingRow {
    storage::JournalNumber number = 0;
    std::string till;
    std::string receipt;      // "" where the till gave none
    std::string destination;  // "": quarantined
    storage::HeldState state = storage::HeldState::kHeld;
    std::vector<std::string> problems;  // of a quarantined one: types of problem_type.h, each once
    WallTime since;
};

struct ReceiptRow {
    std::string till;
    std::string receipt;  // or the id of the transaction
    WallTime safe_since;
    std::vector<Delivery> lamps;
};

struct ReceiptAnswer {
    enum class Outcome : std::uint8_t { kFound, kNotFound, kTooLong, kCard, kUnreadable };
    Outcome outcome = Outcome::kNotFound;
    std::string query;             // "" where it must not be shown again
    std::vector<ReceiptRow> rows;  // kFound; the newest first
};

// Of one hour of the store's day; no single sale, and no till.
struct SalesHour {
    struct Amounts {
        std::int64_t count = 0;
        std::int64_t value = 0;  // in the day's currency
    };
    int hour = 0;  // since midnight; of a day that goes on after it, 24 and beyond
    Amounts accepted;
    std::optional<Amounts> delivered;  // everywhere; nothing where nobody knows
};

struct SalesDay {
    std::string currency;          // "" where no till said one
    std::vector<SalesHour> hours;  // from the first with a sale to the last
    bool counted = true;           // the journal's day is all in
};

// Who acts on the page.
struct SignedIn {
    std::string name;
    std::string token;  // stands in each form
};

struct PageFacts {
    StoreState store;  // without a store's name: the daemon has only just started
    Intake intake = Intake::kOpen;
    WallTime now;
    Zone zone;
    std::vector<TillRow> tills;
    bool tills_counted = true;        // what the journal tells of them is all in
    std::vector<WaitingRow> waiting;  // the oldest; store.held and store.quarantined count all
    std::optional<SalesDay> sales;    // today; nothing: the journal cannot be read
    std::vector<Outage> outages;      // the oldest first, with the one that goes on
    std::optional<ReceiptAnswer> receipt;
    std::optional<SignedIn> signed_in;
    std::string done;  // what a person says to have just done; there is a text for each, or nothing is shown
    std::string here;  // path and query of a sheet; "": the page itself
};

}  // namespace tillkeeper::agent
