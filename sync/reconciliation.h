// Reconciliation: a destination booked a transaction otherwise than the store did. What it says of that, and the entry
// that the journal keeps of it: a visible row with cause and amount, delivered like a sale to all who want it. Pure.
//
// A destination says it beside the outcome of an item:
//   {"id","outcome":"delivered","difference":{"cause":"member_closed","amount":50,"unit":"points","detail":"..."}}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/entry.h"

namespace tillkeeper::sync {

inline constexpr std::string_view kReconciliationType = "reconciliation";

struct Difference {
    std::string cause;        // [a-z0-9_-]{1,64}: member_merged, member_closed, balance_too_low, refused, ...
    std::int64_t amount = 0;  // how much of the transaction was booked otherwise than the store says
    std::string unit;         // "points", or a currency in its minor unit
    std::string detail;       // the destination's plain words; bounded
};

// `difference` is the JSON of that member. What cannot be read of it gets the cause "unspecified", an amount of 0 or
// "points": a difference is never dropped because it is told badly. Nothing where there is none (null).
[[nodiscard]] std::optional<Difference> read_difference(std::string_view difference);

// A redemption that a destination does not take: the points were spent all the same. Nothing for other types.
[[nodiscard]] std::optional<Difference> refusal_of(const storage::Entry& redemption, const std::string& reason);
// It was refused, and is taken now after all: the amount comes back with the other sign, less what is `left` of it
// because the destination booked it otherwise. Both rows together say what differs.
[[nodiscard]] std::optional<Difference> end_of_refusal(const storage::Entry& redemption,
                                                       const std::optional<Difference>& left);

// The name of the row, for ever: one per destination, transaction and whether it ends a refusal.
[[nodiscard]] std::string reconciliation_id(std::string_view destination, std::string_view transaction_id,
                                            std::string_view cause);

// {"id":"reconcile:<hash>","type":"reconciliation","occurred_at":"..","refers_to":"<transaction>","transaction_type":
//  "redemption","destination":"crm","cause":"member_closed","amount":50,"unit":"points","detail":"..","member_id":".."}
// `member_id` where the transaction names one. `arrival`: when it was learnt.
[[nodiscard]] storage::NewEntry reconciliation(const storage::Entry& transaction, const Difference& difference,
                                               std::string_view destination, storage::Arrival arrival);

}  // namespace tillkeeper::sync
