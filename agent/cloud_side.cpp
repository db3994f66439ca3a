#include "agent/cloud_side.h"

#include <algorithm>
#include <utility>

#include "platform/log.h"

namespace tillkeeper::agent {
namespace {

constexpr Duration kTick = std::chrono::milliseconds(500);
constexpr double kForecastSecondsMax = 7.0 * 24 * 3600;  // at a rate that low nobody knows when it will be over
constexpr Duration kSameTime = std::chrono::seconds(1);  // clocks drift that far without being wrong
constexpr std::string_view kByStaff = "by_staff";

// What people are told: neither a fault nor a return of a moment.
void show(std::string_view cause, sync::DestinationStatus& status) {
    using State = sync::DestinationStatus::State;
    if (!cause.empty())
        status.state = State::kWaiting;
    else if (status.state == State::kWaiting)
        status.state = State::kDelivering;
    status.cause = cause;
}

}  // namespace

Result<void> CloudSide::add(sync::DestinationConfig config) {
    auto destination = sync::Destination::make(std::move(config), parts_);
    if (!destination) return std::unexpected(destination.error());
    destinations_.push_back(std::move(*destination));
    return {};
}

Result<void> CloudSide::start(std::function<void(StoreState)> changed, std::function<void()> reached) {
    changed_ = std::move(changed);
    reached_ = std::move(reached);
    for (auto& destination : destinations_)
        if (auto started = destination->start(); !started) return started;
    tick();
    return {};
}

void CloudSide::wake() {
    for (auto& destination : destinations_) destination->wake();
}

void CloudSide::retry_now() {
    for (auto& destination : destinations_) destination->retry_now();
    reached_();
}

void CloudSide::keep_offline(std::optional<WallTime> until, std::string by) {
    const bool ends = offline_until_ && !until;
    offline_until_ = until;
    offline_by_ = std::move(by);
    if (ends) retry_now();
}

storage::JournalNumber CloudSide::delivered(const std::string& destination) const {
    for (const auto& each : destinations_)
        if (auto status = each->status(); status.name == destination) return status.cursor;
    return 0;
}

bool CloudSide::catches_up() const {
    return std::ranges::any_of(state_.destinations, [](const DestinationState& each) {
        return each.behind > sync::Connectivity::kBehindOnlineMax &&
               each.sync.state == sync::DestinationStatus::State::kDelivering;
    });
}

void CloudSide::tick() {
    if (auto state = look()) {
        state_ = std::move(*state);
        // What let one destination through has most likely come back for the others too: they need not wait on.
        if (comes_back_) retry_now();
        changed_(state_);
    } else {
        log(LogLevel::kWarning, "the journal cannot be read", {{"reason", state.error().message}});
    }
    timer_ = parts_.loop.after(kTick, [this] { tick(); });
}

Result<StoreState> CloudSide::look() {
    if (auto fresh = glance_.refresh(); !fresh) return std::unexpected(std::move(fresh.error()));
    const auto& bounds = glance_.bounds();
    StoreState state;
    state.store = parts_.store_id;
    state.last = bounds.last;
    state.journal_entries = bounds.last == 0 ? 0 : bounds.last - bounds.first + 1;
    state.journal_bytes = bounds.bytes;
    state.clock_trusted = device_.clock_trusted();
    if (state.clock_trusted) note_clock();
    std::vector<sync::DestinationHealth> health;
    for (const auto& destination : destinations_) {
        state.destinations.push_back(look_at(*destination));
        auto& seen = state.destinations.back();
        state.safe = std::max(state.safe, seen.behind);
        state.held += seen.held;
        if (offline_until_) seen.sync.cause = kByStaff;
        health.push_back({seen.sync.cause, seen.behind, seen.sync.delivered + seen.sync.rejected});
    }
    if (const auto waiting = glance_.held(""); waiting.count > 0) {
        state.quarantined = waiting.count;
        state.quarantined_seconds = seconds_since(waiting.oldest);
    }
    state.differences = glance_.differences();
    const bool cut_off =
        !health.empty() && std::ranges::none_of(health, &std::string::empty, &sync::DestinationHealth::cause);
    comes_back_ = std::exchange(cut_off_, cut_off) && !cut_off;
    connectivity_.update(health, device_.has_link(), parts_.clock.wall(), parts_.clock.monotonic());
    for (std::size_t i = 0; i < state.destinations.size(); ++i)
        show(connectivity_.reach(i).cause(), state.destinations[i].sync);
    state.state = sync::to_string(connectivity_.state());
    state.since = connectivity_.since();
    state.cause = connectivity_.cause();
    state.offline_until = offline_until_;
    state.offline_by = offline_by_;
    runway_.look(glance_, state);
    return state;
}

DestinationState CloudSide::look_at(const sync::Destination& destination) {
    DestinationState seen;
    seen.sync = destination.status();
    seen.behind = glance_.sales_after(seen.sync.cursor);
    if (const auto held = glance_.held(seen.sync.name); held.count > 0) {
        seen.held = held.count;
        seen.held_seconds = seconds_since(held.oldest);
    }
    seen.caught_up = caught_up(seen);
    seen.newest_booking = glance_.newest_booking(seen.sync.name, seen.sync.cursor);
    if (seen.behind == 0) return seen;
    seen.oldest = glance_.arrival_after(seen.sync.cursor);
    if (seen.oldest) seen.oldest_seconds = seconds_since(*seen.oldest);
    const double left = static_cast<double>(seen.behind) / seen.sync.rate_per_second;
    if (left < kForecastSecondsMax) seen.eta_s = static_cast<std::int64_t>(left) + 1;
    return seen;
}

std::int64_t CloudSide::seconds_since(WallTime when) const {
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(parts_.clock.wall() - when);
    return std::max<std::int64_t>(0, age.count());
}

// What is always on its way in a store that sells is no backlog.
std::int64_t CloudSide::caught_up(const DestinationState& seen) {
    auto& from = backlog_from_[seen.sync.name];
    if (seen.behind <= sync::Connectivity::kBehindOnlineMax || from == 0) from = seen.sync.cursor;
    return seen.sync.cursor - from;
}

// So that what arrived before the time could be trusted is told with the right one, also after the next boot.
void CloudSide::note_clock() {
    const Duration offset = parts_.clock.wall().time_since_epoch() - parts_.clock.monotonic().time_since_epoch();
    if (!noted_clock_) noted_clock_ = parts_.reader.clock_offset(device_.boot_id()).value_or(std::nullopt);
    if (noted_clock_ && abs(offset - *noted_clock_) < kSameTime) return;
    noted_clock_ = offset;
    parts_.writer.note_clock({device_.boot_id(), offset});
}

}  // namespace tillkeeper::agent
