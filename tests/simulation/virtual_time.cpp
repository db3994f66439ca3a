#include "tests/simulation/virtual_time.h"

#include <algorithm>

#include "tests/simulation/memory_meter.h"

namespace tillkeeper::simulation {
namespace {

constexpr std::uint64_t kHandOverMax = 300;  // microseconds until a posted task is seen by another thread

}  // namespace

class SimulatedLoop::Armed final : public TimerState {
  public:
    Armed(SimulatedLoop& loop, Key key) : loop_(loop), key_(key) {}
    ~Armed() override {
        // Taken out first, destroyed second: the task may own further timers.
        const auto node = loop_.timers_.extract(key_);
    }

  private:
    SimulatedLoop& loop_;
    Key key_;
};

void SimulatedLoop::post(Task task) {
    MonotonicTime arrives = clock_.instant() + Duration(random_.below(kHandOverMax));
    if (!posted_.empty()) arrives = std::max(arrives, posted_.back().first);
    posted_.emplace_back(arrives, std::move(task));
}

Timer SimulatedLoop::after(Duration delay, Task task) {
    const Key key{clock_.instant() + std::max(delay, Duration::zero()), next_id_++};
    timers_.emplace(key, std::move(task));
    return std::make_unique<Armed>(*this, key);
}

void SimulatedLoop::later(Duration delay, Task task) {
    timers_.emplace(Key{clock_.instant() + delay, next_id_++}, std::move(task));
}

void SimulatedLoop::clear() {
    while (!posted_.empty()) posted_.pop_front();
    while (!timers_.empty()) timers_.extract(timers_.begin());
    free_at_ = {};
}

std::optional<MonotonicTime> SimulatedLoop::next() const {
    if (posted_.empty() && timers_.empty()) return std::nullopt;
    MonotonicTime first = MonotonicTime::max();
    if (!posted_.empty()) first = posted_.front().first;
    if (!timers_.empty()) first = std::min(first, timers_.begin()->first.first);
    return std::max(first, free_at_);
}

void SimulatedLoop::run_one(MonotonicTime now) {
    const bool posted = !posted_.empty() && posted_.front().first <= now;
    const bool timer = !timers_.empty() && timers_.begin()->first.first <= now;
    Task task;
    if (posted && (!timer || random_.below(2) == 0)) {
        task = std::move(posted_.front().second);
        posted_.pop_front();
    } else {
        task = std::move(timers_.extract(timers_.begin()).mapped());
    }
    task();
    free_at_ = clock_.instant();
}

MonotonicTime Schedule::next() const {
    MonotonicTime first = MonotonicTime::max();
    for (const SimulatedLoop* loop : {&world, &till, &journal, &sync})
        first = std::min(first, loop->next().value_or(first));
    return first;
}

bool Schedule::step(MonotonicTime end) {
    std::array<SimulatedLoop*, 4> due{};
    std::size_t count = 0;
    MonotonicTime first = end;
    for (SimulatedLoop* loop : {&world, &till, &journal, &sync}) {
        const auto next = loop->next();
        if (!next || *next > first) continue;
        if (*next < first) count = 0;
        first = *next;
        due[count++] = loop;
    }
    clock.now_ = std::max(clock.now_, first);
    if (count == 0) return false;
    ++steps_;
    SimulatedLoop* loop = due[count == 1 ? 0 : random_.below(count)];
    if (loop != &world) MemoryMeter::enter();
    loop->run_one(clock.now_);
    MemoryMeter::leave();
    clock.spent_ = {};
    return true;
}

}  // namespace tillkeeper::simulation
