#include "agent/outages/outage_watch.h"

#include <algorithm>
#include <utility>

namespace tillkeeper::agent {

void OutageWatch::go_on(Outage open, MonotonicTime moment) {
    up_to_ = open.after;
    outage_ = std::move(open);
    state_ = OutageState::kOut;
    since_ = moment;
}

std::optional<Outage> OutageWatch::look(const StoreState& store, WallTime now, MonotonicTime moment) {
    const bool fails = store.state == "offline" || store.state == "degraded";
    if (fails && state_ == OutageState::kServed)
        outage_ = {
            .from = now, .until = {}, .state = {}, .cause = {}, .after = store.last, .sales = 0, .destinations = {}};
    if (fails) note(store, now);
    auto told = enter(next(state_, fails ? OutageEvent::kFails : OutageEvent::kServes), now, moment);
    if (!told && moment - since_ >= lasts_at_most(moment)) told = enter(next(state_, OutageEvent::kTime), now, moment);
    return told;
}

std::optional<Outage> OutageWatch::current() const {
    if (state_ == OutageState::kOut || state_ == OutageState::kReturning) return outage_;
    return std::nullopt;
}

std::optional<Outage> OutageWatch::enter(OutageState state, WallTime now, MonotonicTime moment) {
    const auto before = std::exchange(state_, state);
    if (before == state) return std::nullopt;
    since_ = moment;
    if (state == OutageState::kReturning) outage_.until = now;
    if (state == OutageState::kOut) outage_.until.reset();
    if (before == OutageState::kReturning && state == OutageState::kServed) return outage_;
    if (before != OutageState::kDoubtful || state != OutageState::kOut) return std::nullopt;
    begun_.push_back(moment);
    if (begun_.size() > kOutagesADay) begun_.pop_front();
    return outage_;
}

Duration OutageWatch::lasts_at_most(MonotonicTime moment) const {
    if (state_ == OutageState::kDoubtful) return kOutageCounts;
    const bool many = begun_.size() == kOutagesADay && moment - begun_.front() < std::chrono::hours(24);
    return many ? kOutagesJoinWhenMany : kOutagesJoin;
}

// The worst of it stands for all of it.
void OutageWatch::note(const StoreState& store, WallTime now) {
    up_to_ = store.last;
    const bool worse = outage_.state.empty() || (outage_.state == "degraded" && store.state == "offline");
    if (worse) outage_.state = store.state;
    if (worse || outage_.cause.empty()) outage_.cause = store.cause;
    for (const auto& each : store.destinations) {
        if (each.sync.state != sync::DestinationStatus::State::kWaiting) continue;
        const auto known = std::ranges::find(outage_.destinations, each.sync.name, &CutOff::destination);
        CutOff& cut = known != outage_.destinations.end()
                          ? *known
                          : outage_.destinations.emplace_back(CutOff{each.sync.name, "", now, now});
        cut.until = now;
        if (!each.sync.cause.empty()) cut.cause = each.sync.cause;
    }
}

}  // namespace tillkeeper::agent
