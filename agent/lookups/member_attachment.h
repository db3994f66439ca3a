// A member that was found only later, and the sales that named the card meanwhile. Pure.
#pragma once

#include <optional>
#include <string>

#include "storage/entry.h"
#include "sync/search_keys.h"

namespace tillkeeper::agent {

struct CardNamed {
    storage::JournalNumber since = 0;              // only later entries
    std::optional<sync::SearchKeyConfig> field{};  // how it was asked for; none: by the member's key
    std::string value;                             // normalised as the field says
    std::string member_id;                         // whose it is
};

// Whether this is a transaction whose `member_id` or `member_card` names it, other than by the member's id itself.
[[nodiscard]] bool names(const storage::Entry& entry, const CardNamed& card);

// The follow-up event that says whose sale it was:
//   {"id":"attach:<hash>","type":"member_attached","occurred_at":"..","refers_to":"<sale>","member_id":".."}
// The same bytes each time it is made, so that the journal takes it once.
[[nodiscard]] storage::NewEntry attached(const storage::Entry& sale, const std::string& member_id,
                                         storage::Arrival arrival);

}  // namespace tillkeeper::agent
