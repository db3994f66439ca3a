// Own entries: what the box itself writes into the journal beside the tills' transactions. They are of kind
// kTransaction, in the chain like all else. A till's transaction that bears such a type is quarantined, and never
// counts as one. Values only.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace tillkeeper::storage {

// Listed by JournalReader::own_entries, over an index of their own.
inline constexpr std::string_view kDayManifest = "day_manifest";       // what a business day held, signed
inline constexpr std::string_view kOutage = "outage";                  // the store was cut off, or no longer is
inline constexpr std::string_view kReconciliation = "reconciliation";  // a destination booked otherwise than the store
inline constexpr std::string_view kStaffAction = "staff_action";       // what a person did, besides decisions

inline constexpr std::array<std::string_view, 8> kOwnTypes{"redemption",      "redemption_voided", "lease_returned",
                                                           "member_attached", kReconciliation,     kDayManifest,
                                                           kOutage,           kStaffAction};

[[nodiscard]] constexpr bool is_own_type(std::string_view type) {
    return std::ranges::find(kOwnTypes, type) != kOwnTypes.end();
}

// About the store rather than its sales: for destinations that name the type, and no others.
[[nodiscard]] constexpr bool only_where_named(std::string_view type) {
    return type == kDayManifest || type == kOutage || type == kStaffAction;
}

}  // namespace tillkeeper::storage
