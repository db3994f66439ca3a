#include "agent/telemetry/telemetry_queue.h"

#include <utility>

namespace tillkeeper::agent {

void TelemetryQueue::add(std::string item) {
    const std::lock_guard lock(mutex_);
    if (items_.size() == kItemsMax || bytes_ + item.size() > kBytesMax) {
        ++dropped_;
        return;
    }
    bytes_ += item.size();
    items_.push_back(std::move(item));
}

TelemetryBatch TelemetryQueue::take(const TelemetryOrigin& origin) {
    const auto taken = take();
    if (taken.empty()) return {};
    OtlpList items;
    for (const auto& item : taken) items.add(item);
    return {otlp_request(signal_, origin, items), taken.size()};
}

// One at the least, however long it is.
std::deque<std::string> TelemetryQueue::take() {
    const std::lock_guard lock(mutex_);
    std::deque<std::string> taken;
    for (std::size_t bytes = 0; !items_.empty() && taken.size() < kItemsAtOnce;) {
        bytes += items_.front().size();
        if (!taken.empty() && bytes > kBytesAtOnce) break;
        bytes_ -= items_.front().size();
        taken.push_back(std::move(items_.front()));
        items_.pop_front();
    }
    return taken;
}

}  // namespace tillkeeper::agent
