#include "tests/till/till_loop.h"

#include <poll.h>

#include <algorithm>

namespace tillkeeper::till {
namespace {

constexpr Duration kTick = std::chrono::milliseconds(2);

}  // namespace

MonotonicTime monotonic_now() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return MonotonicTime(std::chrono::duration_cast<Duration>(since));
}

TillLoop::TillLoop() = default;
TillLoop::~TillLoop() = default;

void TillLoop::watch(int descriptor, std::move_only_function<bool()> readable) {
    watched_ = descriptor;
    readable_ = std::move(readable);
}

void TillLoop::turn(std::chrono::milliseconds wait_max) {
    polled_.clear();
    for (const auto& till : tills_) {
        const short events = till->wants_to_write() ? POLLIN | POLLOUT : POLLIN;
        polled_.push_back({till->descriptor(), events, 0});
    }
    polled_.push_back({watched_, POLLIN, 0});
    const auto wait = std::min<std::int64_t>(wait_max.count(), kTick / std::chrono::milliseconds(1));
    ::poll(polled_.data(), polled_.size(), static_cast<int>(wait));

    MonotonicTime now = monotonic_now();
    for (std::size_t i = 0; i < tills_.size(); ++i) {
        const short events = polled_[i].revents;
        if (events == 0) continue;
        tills_[i]->ready(now, (events & ~POLLOUT) != 0, (events & POLLOUT) != 0);
        now = monotonic_now();
    }
    if (polled_.back().revents != 0 && !readable_()) watched_ = -1;
    if (now < next_tick_) return;
    next_tick_ = now + kTick;
    for (const auto& till : tills_) till->tick(now);
}

bool TillLoop::done() const {
    return std::ranges::all_of(tills_, [](const auto& till) { return till->done(); });
}

}  // namespace tillkeeper::till
