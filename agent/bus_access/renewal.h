// When a certificate is to be renewed: a third of its life before its end, so that months without a working clock or
// without power do no harm. Pure.
#pragma once

#include "platform/clock.h"

namespace tillkeeper::agent {

inline constexpr std::chrono::days kAuthorityLife{365 * 20};
inline constexpr std::chrono::days kServerLife{397};
inline constexpr std::chrono::days kAgentLife{397};
inline constexpr std::chrono::days kTillLife{365 * 5};  // a till's file is renewed by a person: `till rotate`

// Before this program was written it cannot be: certificates made by a box that woke up in 1970 would end in the past.
inline constexpr WallTime kEarliest = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);

// A clock that fell back to 1970 renews nothing.
[[nodiscard]] constexpr bool is_renewal_due(WallTime until, Duration life, WallTime now) {
    return now >= until - life / 3;
}

}  // namespace tillkeeper::agent
