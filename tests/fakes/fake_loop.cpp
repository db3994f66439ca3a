#include "tests/fakes/fake_loop.h"

#include <algorithm>
#include <stdexcept>

namespace tillkeeper::fakes {

class FakeLoop::Armed final : public TimerState {
  public:
    Armed(FakeLoop& loop, Key key) : loop_(loop), key_(key) {}
    ~Armed() override {
        // Taken out first, destroyed second: the task may own further timers.
        const auto node = loop_.timers_.extract(key_);
    }

  private:
    FakeLoop& loop_;
    Key key_;
};

FakeLoop::~FakeLoop() {
    posted_.clear();
    while (!timers_.empty()) timers_.extract(timers_.begin());
}

void FakeLoop::post(Task task) {
    const std::scoped_lock lock(mutex_);
    posted_.push_back(std::move(task));
    woken_.notify_all();
}

Timer FakeLoop::after(Duration delay, Task task) {
    const Key key{clock_.monotonic() + std::max(delay, Duration::zero()), next_id_++};
    timers_.emplace(key, std::move(task));
    return std::make_unique<Armed>(*this, key);
}

void FakeLoop::run() {
    while (true) {
        run_until_idle();
        std::unique_lock lock(mutex_);
        woken_.wait(lock, [this] { return stopped_ || !posted_.empty(); });
        if (stopped_) {
            stopped_ = false;
            return;
        }
    }
}

void FakeLoop::stop() {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    woken_.notify_all();
}

bool FakeLoop::run_posted() {
    Task task;
    {
        const std::scoped_lock lock(mutex_);
        if (posted_.empty()) return false;
        task = std::move(posted_.front());
        posted_.pop_front();
    }
    task();
    return true;
}

bool FakeLoop::run_due() {
    if (timers_.empty() || timers_.begin()->first.first > clock_.monotonic()) return false;
    auto due = timers_.extract(timers_.begin());
    due.mapped()();
    return true;
}

void FakeLoop::run_until_idle() {
    for (std::size_t ran = 0; run_posted() || run_due(); ++ran)
        if (ran == kTasksMax) throw std::runtime_error("FakeLoop: never idle");
}

void FakeLoop::advance(Duration duration) {
    const MonotonicTime end = clock_.monotonic() + duration;
    run_until_idle();
    while (!timers_.empty() && timers_.begin()->first.first <= end) {
        clock_.advance(timers_.begin()->first.first - clock_.monotonic());
        run_until_idle();
    }
    clock_.advance(end - clock_.monotonic());
}

bool FakeLoop::run_until(const std::function<bool()>& condition, std::chrono::milliseconds real_time) {
    const auto deadline = std::chrono::steady_clock::now() + real_time;
    while (true) {
        run_until_idle();
        if (condition()) return true;
        std::unique_lock lock(mutex_);
        if (!woken_.wait_until(lock, deadline, [this] { return !posted_.empty(); })) return false;
    }
}

std::optional<MonotonicTime> FakeLoop::next_timer() const {
    if (timers_.empty()) return std::nullopt;
    return timers_.begin()->first.first;
}

}  // namespace tillkeeper::fakes
