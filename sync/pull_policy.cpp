#include "sync/pull_policy.h"

#include <algorithm>

namespace tillkeeper::sync {
namespace {

Duration share(Duration whole, Random& random) {
    return Duration(static_cast<Duration::rep>(random.below(static_cast<std::uint64_t>(whole.count()) + 1)));
}

}  // namespace

void PullPolicy::start(std::optional<Duration> age, MonotonicTime now, Random& random) {
    due_ = now;
    if (!age) return;
    const Duration left = std::clamp(every_ - *age, Duration::zero(), every_);
    due_ += left + share(every_ / 10, random);
}

void PullPolicy::finished(MonotonicTime now, Random& random) {
    began_again_ = false;
    backoff_.succeed();
    due_ = now + every_ - every_ / 10 + share(every_ / 5, random);
}

void PullPolicy::failed(MonotonicTime now, Random& random, std::optional<Duration> retry_after) {
    due_ = now + backoff_.fail(random, retry_after);
    asked_off_ = now + std::max(retry_after.value_or(Duration::zero()), Duration::zero());
}

void PullPolicy::retry_now(MonotonicTime now) {
    if (failing()) due_ = std::min(due_, std::max(now, asked_off_));
}

Duration PullPolicy::wait_for_sales(bool sales_wait, std::optional<Duration> age, Duration fresh,
                                    Duration since_last_page) {
    if (!sales_wait) return Duration::zero();
    if (age && *age <= fresh) return kLookAgainAfter;
    return std::max(kPagesApartWhileSales - since_last_page, Duration::zero());
}

}  // namespace tillkeeper::sync
