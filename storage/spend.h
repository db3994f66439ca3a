// What an entry takes from sums that must not give more than their limit. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tillkeeper::storage {

// Takes `amount` out of a pot while the entry is stored, in the same transaction: what a pot has given never exceeds
// the limit, whoever asks at the same time [storage-13]. A pot is made by its first spend.
struct Spend {
    std::string pot;  // 1-128 bytes; no personal data
    std::int64_t amount = 0;
    std::int64_t limit = 0;                  // the pot may have given so much in all, this amount included
    std::optional<std::int64_t> expected{};  // and must have given exactly this before
};

// What a pot has given, and the number of the newest entry that drew on it; zeros where nobody has.
struct PotState {
    std::int64_t given = 0;
    std::int64_t number = 0;
};

}  // namespace tillkeeper::storage
