#include "agent/day/closing.h"

namespace tillkeeper::agent {

std::optional<BusinessDay> day_to_close(WallTime now, WallTime covered, const StoreDay& store) {
    if (!store.closes_at) return std::nullopt;
    const auto open = open_day(now, store);
    if (open_day(covered, store) >= open) return std::nullopt;
    return open - std::chrono::days(1);
}

}  // namespace tillkeeper::agent
