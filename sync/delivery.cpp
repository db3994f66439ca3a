// What a Delivery does when: the pump, and what it notes about its state.
#include "sync/delivery.h"

#include <algorithm>

#include "platform/log.h"

namespace tillkeeper::sync {
namespace {

constexpr std::size_t kQueuedBytes = std::size_t{3} << 19;  // in flight or ready to go
constexpr std::size_t kAheadBytes = std::size_t{1} << 20;   // read while others are in flight, if less is there
constexpr std::size_t kAheadItems = 2048;
constexpr std::size_t kProbeBytes = std::size_t{64} << 10;
constexpr std::size_t kProbeItems = 1;
constexpr std::size_t kWaitingItems = 128;
constexpr storage::ReadLimits kPage{.entries_max = 256, .bytes_max = std::size_t{512} << 10};
constexpr std::size_t kRetryItems = 32;  // per lane, while a service does not take anything
constexpr storage::ReadLimits kRetryPage{.entries_max = kRetryItems, .bytes_max = kProbeBytes};
constexpr storage::ReadLimits kProbePage{.entries_max = 8, .bytes_max = kProbeBytes};
constexpr std::size_t kReadyItemsMax = 64;
constexpr std::size_t kReadyBatchMax = 20;
constexpr Duration kReadAgainAfter = std::chrono::seconds(1);
constexpr Duration kWalkEvery = std::chrono::seconds(30);  // also looks for new entries: a lost wake-up costs no more
constexpr Duration kWalkAtMostEvery = std::chrono::seconds(1);
constexpr Duration kWalkOnAfter = std::chrono::milliseconds(20);

LaneLimits limits_of(const DestinationConfig& config) {
    LaneLimits limits{.items_max = std::max<std::size_t>(config.batch_items_max, 1),
                      .bytes_max = config.batch_bytes_max};
    if (!takes_batches(config.kind, config.format)) limits.items_max = 1;
    return limits;
}

}  // namespace

Delivery::Delivery(std::unique_ptr<DestinationConfig> config, SyncParts sync, Programs programs)
    : config_(std::move(config)),
      sync_(std::move(sync)),
      programs_(std::move(programs)),
      held_(sync_.reader, config_->name),
      feed_(sync_.reader, held_, config_->types),
      reconciler_(sync_, config_->name),
      pace_(config_->pace) {
    LaneLimits limits = limits_of(*config_);
    for (int lane = 0; lane < std::clamp(config_->lanes, 1, 16); ++lane)
        slots_.push_back(std::make_unique<Slot>(limits, false));
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
        if (cursor.destination == config_->name) window_ = Window(cursor.number);
    reported_cursor_ = window_.cursor();
    auto taken = feed_.last_taken(window_.cursor());
    if (!taken) return std::unexpected(taken.error());
    if (*taken)
        for (auto& slot : slots_) slot->lane.use_as_control(**taken);
    started_ = true;
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

bool Delivery::feed_page() {
    const std::size_t lanes = slots_.size() - 1;
    auto more = feed_.page(window_,
                           outage_                 ? kProbePage
                           : status_.cause.empty() ? kPage
                                                   : kRetryPage,
                           [&](storage::Entry entry) {
                               if (!entry.damaged.empty()) return hold_damaged(std::move(entry));
                               slots_[lane_of(entry.till, lanes)]->lane.add(std::move(entry));
                           });
    if (more) return *more;
    reader_failed(more.error());
    return false;
}

void Delivery::reader_failed(const Error& error) {
    log(LogLevel::kError, "the journal cannot be read", {{"destination", config_->name}, {"reason", error.message}});
    read_not_before_ = sync_.clock.monotonic() + kReadAgainAfter;
}

bool Delivery::busy() const {
    return std::ranges::any_of(slots_, [](const auto& slot) { return slot->lane.busy(); });
}

std::size_t Delivery::queued_bytes() const {
    std::size_t bytes = 0;
    for (const auto& slot : slots_) bytes += slot->lane.bytes();
    return bytes;
}

std::size_t Delivery::queued_items() const {
    std::size_t items = 0;
    for (const auto& slot : slots_) items += slot->lane.items();
    return items;
}

// Before requests go out: until each idle lane has a batch, as far as the limits allow.
void Delivery::feed_idle_lanes() {
    const auto now = sync_.clock.monotonic();
    const std::size_t wanted =
        std::min(limits_of(*config_).items_max, status_.cause.empty() ? kAheadItems : kRetryItems);
    const auto hungry = [&](const std::unique_ptr<Slot>& slot) {
        return !slot->outside_order && slot->lane.may_take(now) && slot->lane.items() < wanted &&
               slot->lane.bytes() < config_->batch_bytes_max;
    };
    const auto room = [&] {
        if (outage_) return queued_items() == 0 && slots_.front()->lane.may_take(now);
        if (!status_.cause.empty() && queued_items() >= 2 * wanted) return false;  // read in vain again and again
        return queued_bytes() < std::max(kQueuedBytes, config_->batch_bytes_max) && queued_items() < 2 * kAheadItems &&
               std::ranges::any_of(slots_, hungry);
    };
    while (now >= read_not_before_ && room() && feed_page()) {
    }
}

// While requests are in flight and are taken: what the next ones will need.
void Delivery::feed_ahead() {
    const auto now = sync_.clock.monotonic();
    if (!busy() || outage_ || !status_.cause.empty()) return;
    while (now >= read_not_before_ && queued_bytes() < kAheadBytes && queued_items() < kAheadItems && feed_page()) {
    }
}

void Delivery::walk_held() {
    const auto now = sync_.clock.monotonic();
    Slot& slot = *slots_.back();
    if (now < walk_at_ || now < read_not_before_) return;
    walked_at_ = now;
    walk_at_ = now + kWalkEvery;
    if (slot.lane.items() >= kReadyItemsMax) return;
    auto walk = held_.walk(kReadyItemsMax - slot.lane.items(), now);
    if (!walk) return reader_failed(walk.error());
    if (walk->more) walk_at_ = now + kWalkOnAfter;
    if (walk->undecided) walk_at_ = std::min(walk_at_, now + kWalkAtMostEvery);
    for (auto& entry : walk->ready) slot.lane.add(std::move(entry));
}

// Waiting must not hold memory: all but a little is read again when its time has come.
void Delivery::let_go_during_outage() {
    constexpr Duration kWorthLettingGo = std::chrono::seconds(2);
    if (status_.cause.empty()) return;
    const auto now = sync_.clock.monotonic();
    for (const auto& slot : slots_) {
        const auto next = std::max(slot->lane.next_try(now), pace_.next());
        const bool soon = may_send_ && !outage_ && next < now + kWorthLettingGo;
        if (slot->lane.busy() || soon) return;
    }
    const bool little = queued_items() <= kWaitingItems && queued_bytes() <= kProbeBytes;
    for (auto& slot : slots_) {
        if (slot->outside_order) continue;
        if (outage_) slot->lane.limit_batches(kProbeItems);
        if (!little) static_cast<void>(slot->lane.forget());
    }
    if (!little) window_.rewind();
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

void Delivery::note_taken() {
    outage_ = false;
    if (status_.cause.empty()) return;
    status_.cause.clear();
    log(LogLevel::kNotice, "deliveries go on", {{"destination", config_->name}});
    // The service is back: no lane waits on for a time that was meant for its absence.
    for (auto& slot : slots_) {
        slot->lane.limit_batches(0);
        if (!slot->lane.busy()) slot->lane.retry_now(sync_.clock.monotonic());
    }
}

// Long before a request times out: nothing of what is on its way is confirmed by anybody.
bool Delivery::unheard() const {
    const auto asks = [](const auto& slot) { return slot->call != nullptr; };
    return std::ranges::any_of(slots_, asks) &&
           std::ranges::all_of(slots_, [&](const auto& slot) { return !asks(slot) || slot->call->unheard(); });
}

DestinationStatus Delivery::status() const {
    DestinationStatus now = status_;
    now.cursor = window_.cursor();
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
