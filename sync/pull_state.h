// The states of a pull: one pure step per event. The edge (puller.h) does what a state asks for.
#pragma once

#include <cstdint>

namespace tillkeeper::sync {

enum class PullState : std::uint8_t {
    kResting,   // until the next pull is due
    kWaiting,   // a page is wanted: for a token, for the sales
    kAsking,    // a request is under way
    kApplying,  // a page is here and goes into the mirror, slice by slice
};
enum class PullEvent : std::uint8_t {
    kDue,        // the time has come
    kAsked,      // the request has left
    kPage,       // a page that can be understood
    kUnchanged,  // 304
    kForgotten,  // the source does not know the cursor or the page any more: from the beginning, after a while
    kRefused,    // 401: with another token
    kFailed,     // network, service, disk, garbage: the same page again after a while
    kApplied,    // all of the page is in; there is another one
    kFinished,   // all of the run is in, and can be seen
};

// Where an event has no meaning in a state, the state stays.
[[nodiscard]] constexpr PullState next(PullState state, PullEvent event) {
    using enum PullState;
    switch (event) {
        case PullEvent::kDue:
            return state == kResting ? kWaiting : state;
        case PullEvent::kAsked:
            return state == kWaiting ? kAsking : state;
        case PullEvent::kPage:
            return state == kAsking ? kApplying : state;
        case PullEvent::kUnchanged:
        case PullEvent::kForgotten:
            return state == kAsking ? kResting : state;
        case PullEvent::kRefused:
            return state == kAsking ? kWaiting : state;
        case PullEvent::kFailed:
            return kResting;
        case PullEvent::kApplied:
            return state == kApplying ? kWaiting : state;
        case PullEvent::kFinished:
            return state == kApplying ? kResting : state;
    }
    return state;
}

}  // namespace tillkeeper::sync
