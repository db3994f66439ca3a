// TokenPolicy: when to get an OAuth token, and whether the one at hand may be used. Pure.
//
// Renews at about 80 % of a token's life (jittered, so that a fleet does not renew in step) while the old one still
// serves; after a 401 only when the refused token is the current one; one renewal at a time. A login that fails, and a
// fresh token that is refused before it ever worked, back off without a budget [sync-5]. Life is counted in monotonic
// time: a jump of the wall clock neither expires nor revives a token.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "sync/backoff.h"

namespace tillkeeper::sync {

enum class TokenState : std::uint8_t {
    kNone,       // no token, nothing on its way
    kRenewing,   // no token, one is on its way
    kValid,      // a token that serves
    kExtending,  // a token that serves, and the next one is on its way
    kFailing,    // no token; the last attempt failed, the next one comes later
};
enum class TokenEvent : std::uint8_t { kAsk, kGranted, kDenied, kRefused, kExpired };

// Where an event has no meaning in a state, the state stays.
[[nodiscard]] constexpr TokenState next(TokenState state, TokenEvent event) {
    using enum TokenState;
    switch (event) {
        case TokenEvent::kAsk:
            return state == kValid || state == kExtending ? kExtending : kRenewing;
        case TokenEvent::kGranted:
            return kValid;
        case TokenEvent::kDenied:
            return state == kExtending ? kValid : state == kRenewing ? kFailing : state;
        case TokenEvent::kRefused:
        case TokenEvent::kExpired:
            return state == kExtending ? kRenewing : state == kValid ? kNone : state;
    }
    return state;
}

class TokenPolicy {
  public:
    explicit TokenPolicy(BackoffPolicy backoff = {}) : backoff_(backoff) {}

    // Call before each use: lets a token expire whose life is over.
    [[nodiscard]] bool usable(MonotonicTime now);
    // A renewal should start now. Follow with asked().
    [[nodiscard]] bool should_ask(MonotonicTime now);
    // When should_ask() or usable() may change by time alone.
    [[nodiscard]] MonotonicTime next_change() const;

    void asked() { state_ = next(state_, TokenEvent::kAsk); }
    void granted(Duration lifetime, MonotonicTime now, Random& random);
    void denied(MonotonicTime now, Random& random, std::optional<Duration> retry_after = {});
    // A request that carried the token of `generation` got a 401, or any other answer of the service.
    void refused(std::uint64_t generation, MonotonicTime now, Random& random);
    void worked(std::uint64_t generation);
    // Somebody else renews what this renewal needs as well: not before `then`. No failure.
    void postpone(MonotonicTime then) { ask_not_before_ = then; }
    // Ends a wait, but not one that the login service asked for.
    void retry_now(MonotonicTime now) { ask_not_before_ = std::max(now, asked_off_); }

    [[nodiscard]] std::uint64_t generation() const { return generation_; }  // of the current token; grows
    [[nodiscard]] TokenState state() const { return state_; }
    [[nodiscard]] bool failing() const { return backoff_.failures() > 0; }  // the cause to show is `login`

  private:
    TokenState state_ = TokenState::kNone;
    Backoff backoff_;
    std::uint64_t generation_ = 0;
    bool proven_ = false;  // the current token worked at least once
    MonotonicTime expires_{};
    MonotonicTime renew_at_{};
    MonotonicTime ask_not_before_{};
    MonotonicTime asked_off_{};  // Retry-After
};

}  // namespace tillkeeper::sync
