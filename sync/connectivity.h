// Connectivity: the store's state for people, from what its destinations last said and whether the box has a link.
// Pure.
//
//   online        every destination is reached, and nothing waits
//   catching_up   every destination is reached, but a backlog is still on its way
//   degraded      some destinations are reached, others are not
//   offline       none is reached; `cause` says why, as early in the way of a connection as possible
//
// Whether one is reached is what its Reach says (reach.h): short faults and short returns do not show.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/clock.h"
#include "sync/reach.h"

namespace tillkeeper::sync {

enum class StoreState : std::uint8_t { kOnline, kCatchingUp, kDegraded, kOffline };

// As the contract writes it: "online", "catching_up", "degraded", "offline".
[[nodiscard]] std::string_view to_string(StoreState state);

struct DestinationHealth {
    std::string cause;        // "" when the last exchange was taken
    std::int64_t behind = 0;  // entries not yet settled
    std::uint64_t taken = 0;  // since the start; grows
};

class Connectivity {
  public:
    // Below this backlog a store that delivers is online: something is always on its way.
    static constexpr std::int64_t kBehindOnlineMax = 50;

    // Call whenever something changed, and now and then; always the same destinations, in one order. Without any a
    // store is online. A link that goes cuts off whatever takes nothing afterwards, so that a store that has nothing to
    // send knows it as well; a machine that never had one may have its destinations on itself.
    void update(const std::vector<DestinationHealth>& destinations, bool link, WallTime now, MonotonicTime moment);

    [[nodiscard]] StoreState state() const { return state_; }
    [[nodiscard]] WallTime since() const { return since_; }
    [[nodiscard]] std::string_view cause() const { return cause_; }  // "" when nothing waits
    // Of the destination at that place.
    [[nodiscard]] const Reach& reach(std::size_t place) const { return seen_[place].reach; }

  private:
    struct Seen {
        Reach reach{};
        std::uint64_t taken_when_lost = 0;
    };
    [[nodiscard]] std::string_view cause_of(const DestinationHealth& destination, const Seen& seen, bool link) const;

    StoreState state_ = StoreState::kOnline;
    WallTime since_{};
    std::string cause_;
    bool known_ = false;
    bool had_link_ = false;
    bool lost_link_ = false;  // it was there, and has gone
    std::vector<Seen> seen_;
};

}  // namespace tillkeeper::sync
