// What a Delivery reads from the journal and when, and what it lets go of.
#include <algorithm>
#include <limits>

#include "platform/log.h"
#include "sync/delivery.h"

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
constexpr Duration kReadAgainAfter = std::chrono::seconds(1);
constexpr Duration kWalkOnAfter = std::chrono::milliseconds(20);
constexpr auto kNoEnd = std::numeric_limits<storage::JournalNumber>::max();

}  // namespace

bool Delivery::feed_page(Window& window, const std::function<Lane&(const storage::Entry&)>& lane) {
    const auto end = windows_.apart() && &window == &windows_.live() ? kNoEnd : windows_.backlog_end();
    auto more = feed_.page(window, end,
                           outage_                 ? kProbePage
                           : status_.cause.empty() ? kPage
                                                   : kRetryPage,
                           [&](storage::Entry entry) {
                               if (!entry.damaged.empty()) return hold_damaged(std::move(entry));
                               lane(entry).add(std::move(entry));
                           });
    windows_.meet();
    if (more) return *more;
    reader_failed(more.error());
    return false;
}

bool Delivery::feed_backlog() {
    return feed_page(windows_.backlog(), [this](const storage::Entry& entry) -> Lane& {
        return slots_[lane_of(entry.till, lanes_)]->lane;
    });
}

// Until their lane has a batch.
void Delivery::feed_live() {
    const auto now = sync_.clock.monotonic();
    while (windows_.apart() && !outage_ && now >= read_not_before_ && live_->lane.may_take(now) &&
           live_->lane.items() < limits_of(*config_).items_max && live_->lane.bytes() < config_->batch_bytes_max &&
           feed_page(windows_.live(), [this](const storage::Entry&) -> Lane& { return live_->lane; })) {
    }
}

void Delivery::reader_failed(const Error& error) {
    log(LogLevel::kError, "the journal cannot be read", {{"destination", config_->name}, {"reason", error.message}});
    read_not_before_ = sync_.clock.monotonic() + kReadAgainAfter;
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
        return !slot->outside_order && slot.get() != live_ && slot->lane.may_take(now) && slot->lane.items() < wanted &&
               slot->lane.bytes() < config_->batch_bytes_max;
    };
    const auto room = [&] {
        if (live_ends()) return false;
        if (outage_) return queued_items() == 0 && slots_.front()->lane.may_take(now);
        if (!status_.cause.empty() && queued_items() >= 2 * wanted) return false;  // read in vain again and again
        return queued_bytes() < std::max(kQueuedBytes, config_->batch_bytes_max) && queued_items() < 2 * kAheadItems &&
               std::ranges::any_of(slots_, hungry);
    };
    while (now >= read_not_before_ && room() && feed_backlog()) {
    }
}

// While requests are in flight and are taken: what the next ones will need.
void Delivery::feed_ahead() {
    const auto now = sync_.clock.monotonic();
    if (!busy() || outage_ || !status_.cause.empty() || live_ends()) return;
    while (now >= read_not_before_ && queued_bytes() < kAheadBytes && queued_items() < kAheadItems && feed_backlog()) {
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
    if (!little) windows_.rewind();
}

}  // namespace tillkeeper::sync
