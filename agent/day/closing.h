// When a business day ends by the store's own clock, and whether its manifest is due. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "agent/day/business_day.h"

namespace tillkeeper::agent {

// The day whose end has passed since `covered`, up to when manifests, or at least entries, go. Where the box was off
// over several ends, the last of them: its manifest covers them all.
[[nodiscard]] std::optional<BusinessDay> day_to_close(WallTime now, WallTime covered, const StoreDay& store);

}  // namespace tillkeeper::agent
