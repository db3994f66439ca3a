// Connectivity: the store's state for people, from what its destinations last said. Pure.
//
//   online        every destination is taken, and nothing waits
//   catching_up   every destination is taken, but a backlog is still on its way
//   degraded      some destinations are reached, others are not
//   offline       none is reached; `cause` says why, as early in the way of a connection as possible
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/clock.h"

namespace tillkeeper::sync {

enum class StoreState : std::uint8_t { kOnline, kCatchingUp, kDegraded, kOffline };

// As the contract writes it: "online", "catching_up", "degraded", "offline".
[[nodiscard]] std::string_view to_string(StoreState state);

struct DestinationHealth {
    std::string cause;        // "" when the last exchange was taken
    std::int64_t behind = 0;  // entries not yet settled
};

class Connectivity {
  public:
    // Below this backlog a store that delivers is online: something is always on its way.
    static constexpr std::int64_t kBehindOnlineMax = 50;

    // Call whenever something changed, and now and then. Without destinations a store is online.
    void update(const std::vector<DestinationHealth>& destinations, WallTime now);

    [[nodiscard]] StoreState state() const { return state_; }
    [[nodiscard]] WallTime since() const { return since_; }
    [[nodiscard]] const std::string& cause() const { return cause_; }  // "" when nothing waits

  private:
    StoreState state_ = StoreState::kOnline;
    WallTime since_{};
    std::string cause_;
    bool known_ = false;
};

}  // namespace tillkeeper::sync
