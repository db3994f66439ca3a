#include "tests/fleet/store.h"

#include <algorithm>

#include "sync/answer.h"
#include "sync/quota.h"

namespace tillkeeper::fleet {
namespace {

constexpr int kFailuresBehind = 12;  // an outage of hours: the backoff is at its cap

}  // namespace

Store::Store(std::uint64_t seed, std::int64_t sales, StorePolicy policy, MonotonicTime cut, MonotonicTime now)
    : random_(seed), policy_(policy), pace_({.reconnect_spread = policy.reconnect_spread}), left_(sales) {
    pace_.failed(cut);
    for (int i = 0; i < kFailuresBehind; ++i)
        for (auto& lane : lanes_) lane.not_before = now + lane.backoff.fail(random_);
}

std::int64_t Store::in_flight() const {
    std::int64_t items = 0;
    for (const auto& lane : lanes_) items += lane.in_flight;
    return items;
}

MonotonicTime Store::allowed() const {
    return policy_.paced ? pace_.next() : asked_off_;
}

std::size_t Store::ready(MonotonicTime now) const {
    if (left_ == 0 || now < allowed() || (outage_ && in_flight() > 0)) return kLanes;
    const std::size_t lanes = outage_ ? 1 : kLanes;  // one probes
    for (std::size_t lane = 0; lane < lanes; ++lane)
        if (lanes_[lane].in_flight == 0 && now >= lanes_[lane].not_before) return lane;
    return kLanes;
}

void Store::sent(std::size_t lane, MonotonicTime now) {
    lanes_[lane].in_flight = std::min<std::int64_t>(outage_ ? 1 : kBatch, left_);
    left_ -= lanes_[lane].in_flight;
    pace_.sent(0, now, random_);
}

void Store::answered(std::size_t lane, const HttpResponse& response, MonotonicTime now) {
    Lane& own = lanes_[lane];
    const auto answer = sync::classify(response, WallTime(now.time_since_epoch()));
    pace_.heard(sync::read_quota(response.headers), now, random_);
    if (answer.retry_after) {
        asked_off_ = std::max(asked_off_, now + *answer.retry_after);
        pace_.asked_off(*answer.retry_after, now, random_);
    }
    outage_ = response.failure != TransportFailure::kNone;
    if (answer.kind == sync::AnswerKind::kDelivered) {
        own.backoff.succeed();
        own.in_flight = 0;
        own.not_before = now;
        if (waiting_)
            for (auto& other : lanes_) other.not_before = now;
        waiting_ = false;
        return pace_.taken(now, random_);
    }
    left_ += own.in_flight;
    own.in_flight = 0;
    own.not_before = now + own.backoff.fail(random_, answer.retry_after);
    waiting_ = true;
    if (answer.too_many)
        pace_.refused();
    else
        pace_.failed(now);
}

MonotonicTime Store::next_try() const {
    if (left_ == 0 || (outage_ && in_flight() > 0)) return MonotonicTime::max();
    MonotonicTime next = MonotonicTime::max();
    for (std::size_t lane = 0; lane < (outage_ ? 1 : kLanes); ++lane)
        if (lanes_[lane].in_flight == 0) next = std::min(next, lanes_[lane].not_before);
    return next == MonotonicTime::max() ? next : std::max(next, allowed());
}

}  // namespace tillkeeper::fleet
