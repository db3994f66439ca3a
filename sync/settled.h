// What a Lane is told about transactions, and what it says about them. Values only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "storage/entry.h"
#include "sync/answer.h"
#include "sync/reconciliation.h"

namespace tillkeeper::sync {

// Whether a transaction may leave now, with regard to the one that it refers to.
struct Clearance {
    enum class Kind : std::uint8_t { kGo, kNotYet, kWaitsFor } kind = Kind::kGo;
    storage::JournalNumber waits_for = 0;  // with kWaitsFor: held at this destination
};
using Gate = std::function<Clearance(const storage::Entry&)>;

struct ItemAnswer {
    AnswerKind kind = AnswerKind::kAgain;  // delivered, again or rejected
    std::string reason{};
    std::optional<Difference> difference{};  // delivered, but booked otherwise than the store says
    std::string document{};                  // delivered: under which number of the destination; "": it did not say
};
struct Settled {
    enum class Kind : std::uint8_t { kDelivered, kHeld, kWaiting } kind = Kind::kDelivered;
    storage::Entry entry;
    std::string reason;
    storage::JournalNumber waits_for = 0;
    std::optional<Difference> difference{};
    std::string document{};
};

}  // namespace tillkeeper::sync
