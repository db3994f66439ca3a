// What destinations have achieved, and what they do not get now. Values only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/entry.h"

namespace tillkeeper::storage {

// Something that a destination does not get now. The empty destination stands for quarantine.
enum class HeldState : std::uint8_t {
    kHeld = 0,     // a person must look
    kWaiting = 1,  // depends on `waits_for`, which is held at the same destination
    kReady = 2,    // to be delivered at the next opportunity, outside the cursor's order
};

// The reason of what is quarantined for using an id again.
inline constexpr std::string_view kSameIdReason = "same id with other content";

struct HeldItem {
    std::string destination;
    JournalNumber number = 0;
    HeldState state = HeldState::kHeld;
    std::string reason;             // plain words: what the destination said
    JournalNumber waits_for = 0;    // with kWaiting
    JournalNumber body_number = 0;  // the entry whose body is sent: `number` (or 0), or its latest repair
    WallTime since;
};

// Under which number of its own a destination booked an entry. The latest word counts; it goes when the entry goes.
inline constexpr std::size_t kDocumentBytesMax = 64;
struct Booking {
    std::string destination;
    JournalNumber number = 0;
    std::string document;  // 1 to kDocumentBytesMax visible ASCII characters, with spaces between
};

// What a destination has achieved; applied in one transaction, in this order. A cursor never moves back, nor past the
// newest entry. A `hold` with an older body_number than the row has loses: a person repaired it meanwhile. What would
// wait for a row that is gone becomes kReady.
struct Progress {
    std::string destination;
    std::vector<HeldItem> hold;            // inserted or replaced
    std::vector<JournalNumber> delivered;  // held rows that are done: removed, their waiters become ready
    std::vector<Booking> booked = {};      // of what was delivered, where the destination said a number
    JournalNumber cursor = 0;              // everything up to here is delivered, held or not for it; 0: unchanged
};

}  // namespace tillkeeper::storage
