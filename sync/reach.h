// Reach: whether a destination is reached, as people are told. Pure.
//
//   kReached    it takes what it gets
//   kDoubtful   something fails, for less than kNoticeAfter: not worth a word yet
//   kCut        it fails, and people know
//   kReturning  it takes again, for less than kSettleAfter: people still see the outage, so that a line that comes and
//               goes shows as one outage
//
// What this machine knows for sure (no link, no route, no name) is told at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/clock.h"

namespace tillkeeper::sync {

inline constexpr Duration kNoticeAfter = std::chrono::milliseconds(500);
inline constexpr Duration kSettleAfter = std::chrono::milliseconds(1500);

enum class ReachState : std::uint8_t { kReached, kDoubtful, kCut, kReturning };
enum class ReachEvent : std::uint8_t {
    kTakes,   // the last exchange was taken, and nothing speaks against it
    kFails,   // the last exchange failed further away
    kCutOff,  // it failed on this side, for sure
    kTime,    // the state has lasted as long as it may
};

// Where an event has no meaning in a state, the state stays.
[[nodiscard]] constexpr ReachState next(ReachState state, ReachEvent event) {
    using enum ReachState;
    const bool shown = state == kCut || state == kReturning;
    switch (event) {
        case ReachEvent::kTakes:
            return shown ? kReturning : kReached;
        case ReachEvent::kFails:
            return shown ? kCut : kDoubtful;
        case ReachEvent::kCutOff:
            return kCut;
        case ReachEvent::kTime:
            return state == kDoubtful ? kCut : state == kReturning ? kReached : state;
    }
    return state;
}

class Reach {
  public:
    // What is seen now; call whenever it changes, and now and then. `cause`: "" while it takes.
    void update(std::string_view cause, MonotonicTime now) {
        if (!cause.empty()) cause_ = cause;
        enter(next(state_, event_of(cause)), now);
        if (now - entered_ >= patience()) enter(next(state_, ReachEvent::kTime), now);
    }

    [[nodiscard]] ReachState state() const { return state_; }
    // Why it is not reached, as the contract calls it; "" while people are told that it is.
    [[nodiscard]] std::string_view cause() const {
        return state_ == ReachState::kCut || state_ == ReachState::kReturning ? std::string_view(cause_) : "";
    }

  private:
    [[nodiscard]] static ReachEvent event_of(std::string_view cause) {
        if (cause.empty()) return ReachEvent::kTakes;
        const bool sure = cause == "no_link" || cause == "no_route" || cause == "no_dns";
        return sure ? ReachEvent::kCutOff : ReachEvent::kFails;
    }
    [[nodiscard]] Duration patience() const {
        return state_ == ReachState::kDoubtful    ? kNoticeAfter
               : state_ == ReachState::kReturning ? kSettleAfter
                                                  : Duration::max();
    }
    void enter(ReachState state, MonotonicTime now) {
        if (state == state_) return;
        state_ = state;
        entered_ = now;
    }

    ReachState state_ = ReachState::kReached;
    std::string cause_;
    MonotonicTime entered_{};
};

}  // namespace tillkeeper::sync
