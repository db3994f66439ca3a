#include "sync/backoff.h"

#include <algorithm>

namespace tillkeeper::sync {
namespace {

constexpr unsigned kDoublingsMax = 30;      // base * 2^30 cannot overflow for bases below an hour
constexpr unsigned kFailuresMax = 1000000;  // the count saturates; the wait does not depend on it any more

}  // namespace

Duration Backoff::ceiling() const {
    const auto grown = policy_.base.count() << std::min(failures_, kDoublingsMax);
    return std::min(policy_.cap, Duration(grown));
}

Duration Backoff::fail(Random& random, std::optional<Duration> retry_after) {
    const auto widest = static_cast<std::uint64_t>(ceiling().count());
    failures_ = std::min(failures_ + 1, kFailuresMax);
    const Duration jitter(static_cast<Duration::rep>(random.below(widest + 1)));
    return std::max(retry_after.value_or(Duration::zero()), Duration::zero()) + jitter;
}

}  // namespace tillkeeper::sync
