// OutageWatch: from one look at the store to the next, when an outage begins and when it is over. Pure.
//
//   kServed     every destination is reached
//   kDoubtful   one is not, for less than kOutageCounts: not worth an entry yet
//   kOut        an outage; its beginning is written
//   kReturning  all are reached again, for less than kOutagesJoin: what follows still belongs to it
//
// A line that comes and goes all day gives at most kOutagesADay of them; then an hour of quiet ends one.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "agent/local/store_state.h"
#include "agent/outages/outage.h"

namespace tillkeeper::agent {

inline constexpr Duration kOutageCounts = std::chrono::seconds(5);
inline constexpr Duration kOutagesJoin = std::chrono::minutes(2);
inline constexpr std::size_t kOutagesADay = 24;
inline constexpr Duration kOutagesJoinWhenMany = std::chrono::hours(1);

enum class OutageState : std::uint8_t { kServed, kDoubtful, kOut, kReturning };
enum class OutageEvent : std::uint8_t { kServes, kFails, kTime };

// Where an event has no meaning in a state, the state stays.
[[nodiscard]] constexpr OutageState next(OutageState state, OutageEvent event) {
    using enum OutageState;
    const bool written = state == kOut || state == kReturning;
    switch (event) {
        case OutageEvent::kServes:
            return written ? kReturning : kServed;
        case OutageEvent::kFails:
            return written ? kOut : kDoubtful;
        case OutageEvent::kTime:
            return state == kDoubtful ? kOut : state == kReturning ? kServed : state;
    }
    return state;
}

class OutageWatch {
  public:
    // One that the journal tells of and that was not over; before the first look.
    void go_on(Outage open, MonotonicTime moment);
    // What is to be written now: that one began, or, with `until`, that it is over. `sales` is left to the caller.
    [[nodiscard]] std::optional<Outage> look(const StoreState& store, WallTime now, MonotonicTime moment);
    // The one that goes on, or is over but not written yet.
    [[nodiscard]] std::optional<Outage> current() const;
    // The newest journal number while it lasted.
    [[nodiscard]] storage::JournalNumber up_to() const { return up_to_; }

  private:
    void note(const StoreState& store, WallTime now);
    [[nodiscard]] std::optional<Outage> enter(OutageState state, WallTime now, MonotonicTime moment);
    [[nodiscard]] Duration lasts_at_most(MonotonicTime moment) const;

    OutageState state_ = OutageState::kServed;
    MonotonicTime since_{};  // of the state
    Outage outage_;          // counts while not kServed
    storage::JournalNumber up_to_ = 0;
    std::deque<MonotonicTime> begun_;  // the newest kOutagesADay
};

}  // namespace tillkeeper::agent
