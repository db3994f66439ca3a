// Pace: when the next request to a destination may leave. Pure; time and randomness are arguments. [sync-16]
//
// Five things, of which the latest counts: the caps of the configuration (a bucket that holds a second), what the
// service asked for (Retry-After, a quota that is used up), the quota that has to last (quota.h), and after an outage
// or a 429 a pace of its own:
//
//   unpaced --outage of over a minute ends--> gap = spread, the first request after a fraction of it
//   unpaced --429--> a gap of a second
//   paced --429, quota used up--> twice the gap
//   paced --taken--> the gap shrinks: fast while the service's quota is hardly used, not at all when 98 % of it are,
//                    slowly where the service tells nothing; below 50 ms, or once nothing waits: unpaced
//
// So a fleet that comes back together begins with one request per store and spread, and shares what the service has.
#pragma once

#include <optional>

#include "platform/clock.h"
#include "platform/random.h"
#include "sync/quota.h"

namespace tillkeeper::sync {

// A bucket that holds what may leave within a second, and fills again at that rate. What is larger than the bucket
// leaves all the same, and what follows waits until that is made up for.
class Bucket {
  public:
    // 0: no limit. `smallest`: what at least is taken at once.
    explicit Bucket(std::int64_t per_second, std::int64_t smallest = 0);
    void take(std::int64_t amount, MonotonicTime now);
    [[nodiscard]] MonotonicTime ready() const { return ready_; }

  private:
    [[nodiscard]] Duration worth(std::int64_t amount) const { return Duration(amount * 1'000'000 / per_second_); }

    std::int64_t per_second_;
    Duration burst_{};
    MonotonicTime ready_ = MonotonicTime::min();
};

struct PaceLimits {
    std::int64_t requests_per_s = 0;                       // 0: no cap
    std::int64_t bytes_per_s = 0;                          // 0: no cap; of bodies as they leave
    Duration reconnect_spread = std::chrono::seconds(30);  // 0: no slow start after an outage
};

class Pace {
  public:
    explicit Pace(PaceLimits limits);

    // Nothing leaves before. While the service fails its own pace does not count: the backoff spreads the probes.
    [[nodiscard]] MonotonicTime next() const;
    // The service wants to be left alone.
    [[nodiscard]] bool off(MonotonicTime now) const { return now < asked_off_; }
    void sent(std::size_t bytes, MonotonicTime now, Random& random);

    // What came of it: any of these, in this order.
    void heard(const Quota& quota, MonotonicTime now, Random& random);        // of any answer
    void asked_off(Duration retry_after, MonotonicTime now, Random& random);  // jitter after it, never before
    void failed(MonotonicTime now);                                           // no 429; an outage begins with the first
    void refused();                                                           // 429
    void taken(MonotonicTime now, Random& random);                            // or rejected for its content

    void caught_up() { gap_ = Duration::zero(); }        // nothing waits: what comes from now on is live
    [[nodiscard]] Duration gap() const { return gap_; }  // 0: unpaced

  private:
    [[nodiscard]] Duration widest() const;

    Duration spread_;
    Bucket requests_;
    Bucket bytes_;
    MonotonicTime asked_off_ = MonotonicTime::min();
    Duration quota_gap_{};
    MonotonicTime quota_until_ = MonotonicTime::min();
    std::optional<double> left_;
    std::optional<MonotonicTime> failing_since_;
    MonotonicTime failed_at_{};
    Duration gap_{};   // between requests, on the average
    double step_ = 0;  // what part of it lies after the last one
    MonotonicTime sent_at_ = MonotonicTime::min();
    MonotonicTime grown_at_{};
};

}  // namespace tillkeeper::sync
