// What a Delivery does when: the pump, and what it notes about its state.
#include "sync/delivery.h"

#include <algorithm>

#include "platform/log.h"

namespace tillkeeper::sync {
namespace {

constexpr std::size_t kReadyBatchMax = 20;

}  // namespace

LaneLimits Delivery::limits_of(const DestinationConfig& config) {
    LaneLimits limits{.items_max = std::max<std::size_t>(config.batch_items_max, 1),
                      .bytes_max = config.batch_bytes_max};
    if (!takes_batches(config.kind, config.format)) limits.items_max = 1;
    return limits;
}

Delivery::Delivery(std::unique_ptr<DestinationConfig> config, SyncParts sync, Programs programs)
    : config_(std::move(config)),
      sync_(std::move(sync)),
      programs_(std::move(programs)),
      held_(sync_.reader, config_->name),
      feed_(sync_.reader, held_, config_->types),
      reconciler_(sync_, config_->name),
      pace_(config_->pace) {
    LaneLimits limits = limits_of(*config_);
    for (; lanes_ < static_cast<std::size_t>(std::clamp(config_->lanes, 1, 16)); ++lanes_)
        slots_.push_back(std::make_unique<Slot>(limits, false));
    if (config_->order == DeliveryOrder::kLiveFirst) {
        slots_.push_back(std::make_unique<Slot>(limits, false));
        live_ = slots_.back().get();
    }
    limits.items_max = std::min(limits.items_max, kReadyBatchMax);
    slots_.push_back(std::make_unique<Slot>(limits, true));
    status_.name = config_->name;
}

Result<void> Delivery::prepare() {
    auto wallet = OAuthWallet::make(config_->oauth, config_->ca_file, sync_, [this] { pump(); });
    if (!wallet) return std::unexpected(wallet.error());
    wallet_ = std::move(*wallet);
    return prepare_publisher();
}

Result<void> Delivery::start() {
    const auto cursors = sync_.reader.cursors();
    if (!cursors) return std::unexpected(cursors.error());
    for (const auto& cursor : *cursors)
        if (cursor.destination == config_->name) windows_ = TwoWindows(cursor.number);
    reported_cursor_ = windows_.cursor();
    auto taken = feed_.last_taken(windows_.cursor());
    if (!taken) return std::unexpected(taken.error());
    if (*taken)
        for (auto& slot : slots_) slot->lane.use_as_control(**taken);
    started_ = true;
    put_live_first();
    walk_at_ = walked_at_ = sync_.clock.monotonic();
    pump_soon();
    return {};
}

void Delivery::wake() {
    walk_at_ = std::min(walk_at_, walked_at_ + kWalkAtMostEvery);
    pump_soon();
}

void Delivery::retry_now() {
    const auto now = sync_.clock.monotonic();
    for (auto& slot : slots_) slot->lane.retry_now(now);
    wallet_->retry_now();
    read_not_before_ = now;
    wake();
}

// Once per turn of the loop, however many reasons there are. The timer goes when this goes.
void Delivery::pump_soon() {
    if (!started_ || soon_) return;
    soon_ = sync_.loop.after(Duration::zero(), [this] { pump(); });
}

void Delivery::pump() {
    soon_.reset();
    may_send_ = wallet_->ready();
    note_login();
    if (may_send_) walk_held();
    if (may_send_) feed_live();
    if (may_send_) feed_idle_lanes();
    dispatch_all();
    feed_ahead();
    report_cursor();
    let_go_during_outage();
    arm();
}

// Only what lies ahead counts: what is due now and did not happen in this turn waits for something else.
void Delivery::arm() {
    const auto now = sync_.clock.monotonic();
    MonotonicTime next = now + kWalkEvery;
    const auto consider = [&](MonotonicTime time) {
        if (time > now) next = std::min(next, time);
    };
    consider(walk_at_);
    consider(pace_.next());
    consider(read_not_before_);
    consider(wallet_->next_change());
    for (const auto& slot : slots_) consider(slot->lane.next_try(now));
    timer_ = sync_.loop.after(next - now, [this] { pump(); });
}

bool Delivery::busy() const {
    return std::ranges::any_of(slots_, [](const auto& slot) { return slot->lane.busy(); });
}

void Delivery::note_login() {
    if (!wallet_->cause().empty()) {
        login_waits_ = true;
        outage_ = outage_ || !may_send_;
        pace_.failed(sync_.clock.monotonic());
        note_waiting(wallet_->cause(), wallet_->reason());
    } else if (login_waits_ && may_send_) {
        login_waits_ = false;
        note_taken();
    }
}

void Delivery::note_waiting(const std::string& cause, const std::string& reason) {
    if (status_.cause == cause) return;
    if (status_.cause.empty()) status_.waiting_since = sync_.clock.wall();
    status_.cause = cause;
    log(LogLevel::kWarning, "deliveries wait", {{"destination", config_->name}, {"cause", cause}, {"reason", reason}});
}

// What is sold from now on overtakes what has piled up, where the destination allows it.
void Delivery::put_live_first() {
    if (live_ == nullptr) return;
    const auto bounds = sync_.reader.bounds();
    const auto request = static_cast<storage::JournalNumber>(limits_of(*config_).items_max);
    if (bounds && bounds->last - windows_.cursor() > request) windows_.put_first_after(bounds->last);
}

void Delivery::note_taken() {
    outage_ = false;
    if (status_.cause.empty()) return;
    status_.cause.clear();
    log(LogLevel::kNotice, "deliveries go on", {{"destination", config_->name}});
    put_live_first();
    // The service is back: no lane waits on for a time that was meant for its absence.
    for (auto& slot : slots_) {
        slot->lane.limit_batches(0);
        if (!slot->lane.busy()) slot->lane.retry_now(sync_.clock.monotonic());
    }
}

// Long before a request times out: nothing of what is on its way is confirmed by anybody.
bool Delivery::unheard() const {
    if (std::ranges::none_of(slots_, [](const auto& slot) { return slot->asks(); })) return wallet_->unheard();
    return std::ranges::all_of(slots_, [](const auto& slot) { return !slot->asks() || slot->unheard(); });
}

DestinationStatus Delivery::status() const {
    DestinationStatus now = status_;
    now.cursor = windows_.cursor();
    now.rate_per_second = rate_.per_second(sync_.clock.monotonic());
    if (now.cause.empty() && unheard()) {
        now.cause = "no_route";
        now.waiting_since = sync_.clock.wall();
    }
    const bool working = std::ranges::any_of(slots_, [](const auto& slot) { return !slot->lane.empty(); });
    using State = DestinationStatus::State;
    now.state = !now.cause.empty() ? State::kWaiting : working ? State::kDelivering : State::kIdle;
    return now;
}

}  // namespace tillkeeper::sync
