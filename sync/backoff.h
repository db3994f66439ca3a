// Backoff: how long to wait after a failure. A value; exponential with FULL jitter.
//
// The wait after the n-th failure in a row is uniform in [0, min(cap, base * 2^(n-1))], at the cap as well, so that
// a fleet that lost its cloud together does not come back together. What the other side asks for (Retry-After) is a
// lower bound, with the jitter on top. There is no budget: it never says "give up". [sync-5]
#pragma once

#include <optional>

#include "platform/clock.h"
#include "platform/random.h"

namespace tillkeeper::sync {

struct BackoffPolicy {
    Duration base = std::chrono::milliseconds(250);
    Duration cap = std::chrono::seconds(60);
};

class Backoff {
  public:
    explicit Backoff(BackoffPolicy policy = {}) : policy_(policy) {}

    // Counts one more failure and says how long to wait from now on.
    [[nodiscard]] Duration fail(Random& random, std::optional<Duration> retry_after = {});
    void succeed() { failures_ = 0; }
    [[nodiscard]] unsigned failures() const { return failures_; }
    // The longest that the next fail() can say without a Retry-After.
    [[nodiscard]] Duration ceiling() const;

  private:
    BackoffPolicy policy_;
    unsigned failures_ = 0;
};

}  // namespace tillkeeper::sync
