#include "sync/token_policy.h"

#include <algorithm>

namespace tillkeeper::sync {

bool TokenPolicy::usable(MonotonicTime now) {
    const bool held = state_ == TokenState::kValid || state_ == TokenState::kExtending;
    if (held && now >= expires_) state_ = next(state_, TokenEvent::kExpired);
    return state_ == TokenState::kValid || state_ == TokenState::kExtending;
}

bool TokenPolicy::should_ask(MonotonicTime now) {
    const bool usable_now = usable(now);
    if (state_ == TokenState::kRenewing || state_ == TokenState::kExtending || now < ask_not_before_) return false;
    return !usable_now || now >= renew_at_;
}

MonotonicTime TokenPolicy::next_change() const {
    switch (state_) {
        case TokenState::kValid:
            return std::min(expires_, std::max(renew_at_, ask_not_before_));
        case TokenState::kExtending:
            return expires_;
        case TokenState::kRenewing:
            return MonotonicTime::max();
        default:
            return ask_not_before_;
    }
}

void TokenPolicy::granted(Duration lifetime, MonotonicTime now, Random& random) {
    constexpr Duration kLifetimeMin = std::chrono::seconds(2);
    constexpr Duration kLifetimeMax = std::chrono::hours(24);
    const auto life = std::clamp(lifetime, kLifetimeMin, kLifetimeMax);
    state_ = next(state_, TokenEvent::kGranted);
    ++generation_;
    proven_ = false;
    expires_ = now + life - life / 50;  // not to the last instant: a request takes its time
    const double share = 0.75 + 0.1 * random.fraction();
    renew_at_ = now + Duration(static_cast<Duration::rep>(static_cast<double>(life.count()) * share));
    ask_not_before_ = now;
}

void TokenPolicy::denied(MonotonicTime now, Random& random, std::optional<Duration> retry_after) {
    state_ = next(state_, TokenEvent::kDenied);
    if (retry_after) asked_off_ = now + *retry_after;
    ask_not_before_ = now + backoff_.fail(random, retry_after);
}

void TokenPolicy::refused(std::uint64_t generation, MonotonicTime now, Random& random) {
    if (generation != generation_) return;  // an old token's: the new one is here already
    if (state_ != TokenState::kValid && state_ != TokenState::kExtending) return;
    state_ = next(state_, TokenEvent::kRefused);
    // A token that never worked was refused as well: another one would hardly fare better at once.
    if (!proven_) ask_not_before_ = now + backoff_.fail(random);
}

void TokenPolicy::worked(std::uint64_t generation) {
    if (generation != generation_) return;
    proven_ = true;
    backoff_.succeed();
}

}  // namespace tillkeeper::sync
