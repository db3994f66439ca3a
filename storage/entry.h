// What the journal is made of. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/crypto.h"
#include "storage/arrival.h"
#include "storage/spend.h"

namespace tillkeeper::storage {

// Grows by one per entry of this store, from 1, without gaps, and is never used again.
using JournalNumber = std::int64_t;

enum class EntryKind : std::uint8_t {
    kTransaction = 0,  // handed over by a till and understood
    kQuarantined = 1,  // handed over by a till; a person must look before any destination gets it
    kReleased = 2,     // a quarantined transaction, repaired or let through: destinations get this one
    kAction = 3,       // what a person did (repair, skip, retry): kept in the chain, delivered to nobody
};

struct NewEntry {
    EntryKind kind = EntryKind::kTransaction;
    std::string till;                           // [A-Za-z0-9_-]{1,32}; empty for actions of a person
    std::optional<std::int64_t> till_sequence;  // absent where the till gave none
    std::string transaction_id;                 // 1-64 of [A-Za-z0-9._:-]
    std::string type;                           // "sale", ...; carried through where unknown
    std::string business_day;                   // "2026-11-20", or "" where the till gave none
    std::string occurred_at;                    // as the till wrote it; may be ""
    std::string refers_to;                      // transaction id that a void or return names, or ""
    std::string receipt;                        // what the customer's receipt says, or ""
    std::string problems;                       // kQuarantined: RFC 9457; else "" or as decisions.h says
    JournalNumber repairs = 0;                  // the entry that this one repairs or acts on; 0: none
    std::string body;                           // exactly the bytes that arrived
    Arrival arrival;
    std::string traceparent{};  // W3C Trace Context, where the till gave one; no part of the chain
    // All of them, or nothing is stored (kOverspent). Not for what is stored already, nor for what uses an id again
    // with other content. They are not part of the chain.
    std::vector<Spend> spends{};
};

struct Entry : NewEntry {
    JournalNumber number = 0;
    Digest body_digest{};  // SHA-256 of the body as it arrived
    bool erased = false;   // `body` is only what an erasure left of it, see erasure.h
    Digest hash{};         // SHA-256(previous entry's hash || this entry), see storage/README.md
    // Not empty: the disk does not give this entry back as it was; says why. `body` is empty then, and `number` alone
    // can be believed. Nobody may be sent it; what stands before and after it goes on. [storage-8]
    std::string damaged{};
};

// The outcome of handing over one entry, after commit and sync.
// kOverspent: a pot would give more than its limit, or has not given what was expected; nothing was stored.
enum class Acceptance : std::uint8_t { kAccepted, kDuplicate, kQuarantined, kOverspent };

struct Receipt {
    Acceptance acceptance = Acceptance::kAccepted;
    JournalNumber number = 0;
    Digest hash{};
    bool id_conflict = false;  // it (or what it duplicates) is quarantined for using an id again with other content
};

// What a person decides about a held or quarantined transaction:
//             quarantined ("")                             held for a destination
//   kRepair   kReleased with the repaired body, row goes   kAction with the repaired body, row kReady with body_number
//   kRetry    kReleased with the original body, row goes   kAction without body, row kReady
//   kSkip     kAction without body, row goes               kAction without body, row goes, its waiters become kReady
struct Decision {
    enum class Kind : std::uint8_t { kRetry, kRepair, kSkip };
    Kind kind = Kind::kRetry;
    std::string destination;  // "": it is quarantined
    JournalNumber number = 0;
    std::string body;  // kRepair: the whole repaired transaction
    // kRepair of a quarantined one: what the repaired body says (id, type, till_sequence, receipt, ...). The released
    // entry gets these members; without it those of the original. Its id must not be that of another entry.
    std::optional<NewEntry> members;
    std::string who;
    std::string why;
    Arrival arrival;
};

}  // namespace tillkeeper::storage
