// LivePolicy: whether a question goes to the cloud, or the mirror answers at once. Pure; time and randomness are
// arguments.
//
// After `missed_max` deadlines in a row, or once the cloud cannot be reached or does not let us in, nobody asks but one
// probe at a time, with full jitter between them; a probe that is answered in time lets everybody ask again [sync-10].
#pragma once

#include <algorithm>

#include "sync/backoff.h"

namespace tillkeeper::sync {

inline constexpr Duration kProbeApart = std::chrono::seconds(1);
inline constexpr Duration kProbeApartMax = std::chrono::seconds(15);

enum class LiveState : std::uint8_t { kAsk, kMirrorOnly };
enum class LiveEvent : std::uint8_t {
    kAnswered,  // in time, whatever the answer was
    kMissed,    // a deadline; not the last one that may be
    kMissedTooMany,
    kFailed,       // no connection, no login
    kProbeMissed,  // or failed
};

[[nodiscard]] constexpr LiveState next(LiveState state, LiveEvent event) {
    switch (event) {
        case LiveEvent::kAnswered:
            return LiveState::kAsk;
        case LiveEvent::kMissedTooMany:
        case LiveEvent::kFailed:
        case LiveEvent::kProbeMissed:
            return LiveState::kMirrorOnly;
        case LiveEvent::kMissed:
            return state;
    }
    return state;
}

class LivePolicy {
  public:
    explicit LivePolicy(int missed_max)
        : missed_max_(std::max(missed_max, 1)), backoff_({.base = kProbeApart, .cap = kProbeApartMax}) {}

    [[nodiscard]] bool asks() const { return state_ == LiveState::kAsk; }
    [[nodiscard]] MonotonicTime next_probe() const { return probe_at_; }  // meaningful while nobody asks

    void answered() {
        state_ = next(state_, LiveEvent::kAnswered);
        missed_ = 0;
        backoff_.succeed();
    }
    void missed(MonotonicTime now, Random& random) {
        if (!asks()) return;  // it had left before the others gave up
        ++missed_;
        move(missed_ >= missed_max_ ? LiveEvent::kMissedTooMany : LiveEvent::kMissed, now, random);
    }
    void failed(MonotonicTime now, Random& random) {
        if (asks()) move(LiveEvent::kFailed, now, random);
    }
    void probe_missed(MonotonicTime now, Random& random) { move(LiveEvent::kProbeMissed, now, random); }

  private:
    void move(LiveEvent event, MonotonicTime now, Random& random) {
        state_ = next(state_, event);
        if (!asks()) probe_at_ = now + backoff_.fail(random);
    }

    int missed_max_;
    int missed_ = 0;
    LiveState state_ = LiveState::kAsk;
    Backoff backoff_;
    MonotonicTime probe_at_{};
};

}  // namespace tillkeeper::sync
