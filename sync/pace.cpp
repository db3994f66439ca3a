#include "sync/pace.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tillkeeper::sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kOutageMin = std::chrono::minutes(1);  // the backoff alone spreads what comes back sooner
constexpr Duration kGapMax = seconds(60);
constexpr Duration kGapMin = milliseconds(50);
constexpr Duration kRefusedGap = seconds(1);
constexpr Duration kJitterMin = seconds(1);  // a fleet must not come back in the same second
// Within that time the pace grows once: what a service says of its quota is a little old, and the others heard it too.
constexpr Duration kSettles = seconds(2);
constexpr double kLeftFree = 0.02;
constexpr double kBlindGrowth = 0.1;  // where the service tells nothing: 429 is all there is to learn from

// Of the logarithm of the pace. Gentle where most of the quota is used, or a fleet swings; steep where nobody is there.
double growth_at(double left) {
    return (left - kLeftFree) * (0.5 + 3 * left);
}

}  // namespace

Bucket::Bucket(std::int64_t per_second, std::int64_t smallest) : per_second_(per_second) {
    if (per_second_ > 0) burst_ = std::max<Duration>(seconds(1) - worth(smallest), Duration::zero());
}

void Bucket::take(std::int64_t amount, MonotonicTime now) {
    if (per_second_ > 0) ready_ = std::max(ready_, now - burst_) + worth(amount);
}

Pace::Pace(PaceLimits limits)
    : spread_(limits.reconnect_spread), requests_(limits.requests_per_s, 1), bytes_(limits.bytes_per_s) {}

Duration Pace::widest() const {
    return std::max(kGapMax, spread_);
}

MonotonicTime Pace::next() const {
    auto next = std::max({asked_off_, requests_.ready(), bytes_.ready()});
    if (sent_at_ == MonotonicTime::min()) return next;
    next = std::max(next, std::min(sent_at_ + quota_gap_, quota_until_));
    if (failing_since_ || gap_ == Duration::zero()) return next;
    return std::max(next, sent_at_ + Duration(std::llround(static_cast<double>(gap_.count()) * step_)));
}

void Pace::sent(std::size_t bytes, MonotonicTime now, Random& random) {
    requests_.take(1, now);
    bytes_.take(static_cast<std::int64_t>(bytes), now);
    sent_at_ = now;
    step_ = 0.5 + random.fraction();
}

void Pace::asked_off(Duration retry_after, MonotonicTime now, Random& random) {
    if (retry_after <= Duration::zero()) return;
    const auto widest_jitter = static_cast<std::uint64_t>(std::max({retry_after / 4, kJitterMin, gap_}).count());
    asked_off_ = std::max(asked_off_, now + retry_after + Duration(random.below(widest_jitter)));
}

void Pace::heard(const Quota& quota, MonotonicTime now, Random& random) {
    asked_off(quota.pause, now, random);
    if (quota.pause > Duration::zero()) {
        if (gap_ > Duration::zero()) refused();
        grown_at_ = asked_off_;  // all who paused find the quota whole again
    }
    left_ = quota.left;
    quota_gap_ = quota.gap;
    quota_until_ = now + quota.holds;
}

void Pace::failed(MonotonicTime now) {
    if (!failing_since_) failing_since_ = now;
    failed_at_ = now;
}

void Pace::refused() {
    gap_ = std::clamp(gap_ * 2, kRefusedGap, widest());
}

void Pace::taken(MonotonicTime now, Random& random) {
    const auto since = std::exchange(failing_since_, std::nullopt);
    if (since && failed_at_ - *since > kOutageMin && spread_ > Duration::zero()) {
        gap_ = std::max(gap_, spread_);
        sent_at_ = grown_at_ = now;
        step_ = random.fraction();
        return;
    }
    if (gap_ == Duration::zero()) return;
    const double settled = std::min(1.0, static_cast<double>(std::max(now - grown_at_, Duration::zero()).count()) /
                                             static_cast<double>(kSettles.count()));
    const double growth = left_ ? growth_at(*left_) : kBlindGrowth;
    const double gap = static_cast<double>(gap_.count()) * std::exp(-growth * settled);
    gap_ = std::min(Duration(std::llround(gap)), widest());
    grown_at_ = now;
    if (gap_ < kGapMin) gap_ = Duration::zero();
}

}  // namespace tillkeeper::sync
