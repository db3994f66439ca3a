#include "platform/linux-arm/asio_event_loop.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace tillkeeper {

using SteadyTime = std::chrono::steady_clock::time_point;

// Asio may run a handler after what it belongs to was destroyed. Handlers therefore hold no pointer to timers and
// watches, but an id or nothing, and look up what is still there.
struct AsioEventLoop::State {
    using TimerKey = std::pair<SteadyTime, std::uint64_t>;

    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);

    std::uint64_t next_id = 0;
    std::map<std::uint64_t, ArmedWatch*> watches;

    asio::steady_timer alarm{io};
    SteadyTime alarm_at = SteadyTime::max();
    std::map<TimerKey, Task> timers;
    bool due_posted = false;  // one round for all that are due: one each would make more of each other

    std::mutex mutex;
    std::vector<Task> posted;
    std::vector<Task> running;
    bool round_due = false;

    ~State();
    void add(Task task);
    void run_posted();
    void set_alarm();
    void run_due();
    void ready(std::uint64_t id, Ready direction, const asio::error_code& error);
};

// A task may own a Timer, whose end takes it out of `timers`: never while the map itself is being taken down.
AsioEventLoop::State::~State() {
    posted.clear();
    while (!timers.empty()) timers.extract(timers.begin());
}

void AsioEventLoop::State::add(Task task) {
    const std::scoped_lock lock(mutex);
    posted.push_back(std::move(task));
    if (!std::exchange(round_due, true)) asio::post(io, [this] { run_posted(); });
}

void AsioEventLoop::State::run_posted() {
    {
        const std::scoped_lock lock(mutex);
        round_due = false;
        running.swap(posted);
    }
    std::size_t ran = 0;
    while (ran < running.size() && !io.stopped()) std::exchange(running[ran++], nullptr)();
    if (ran < running.size()) {  // after a stop: the rest waits for the next run, or is dropped with the loop
        const std::scoped_lock lock(mutex);
        posted.insert(posted.begin(), std::move_iterator(running.begin() + static_cast<std::ptrdiff_t>(ran)),
                      std::move_iterator(running.end()));
        if (!std::exchange(round_due, true)) asio::post(io, [this] { run_posted(); });
    }
    running.clear();
}

void AsioEventLoop::State::set_alarm() {
    if (timers.empty() || timers.begin()->first.first >= alarm_at) return;
    alarm_at = timers.begin()->first.first;
    alarm.expires_at(alarm_at);
    alarm.async_wait([this](const asio::error_code& error) {
        if (error) return;
        alarm_at = SteadyTime::max();
        run_due();
    });
}

void AsioEventLoop::State::run_due() {
    const SteadyTime now = std::chrono::steady_clock::now();
    while (!timers.empty() && timers.begin()->first.first <= now && !io.stopped()) {
        auto due = timers.extract(timers.begin());
        due.mapped()();
    }
    set_alarm();
}

class AsioEventLoop::ArmedTimer final : public TimerState {
  public:
    ArmedTimer(State& state, State::TimerKey key) : state_(state), key_(key) {}
    ~ArmedTimer() override {
        // Taken out first, destroyed second: the task may own further timers.
        const auto node = state_.timers.extract(key_);
    }

  private:
    State& state_;
    State::TimerKey key_;
};

class AsioEventLoop::ArmedWatch final : public Watch {
  public:
    ArmedWatch(State& state, int fd, Callback callback)
        : state_(state), id_(state.next_id++), descriptor_(state.io, fd), callback_(std::move(callback)) {
        state_.watches.emplace(id_, this);
    }
    ~ArmedWatch() override { state_.watches.erase(id_); }

    void want(bool readable, bool writable) override {
        wanted_ = {readable, writable};
        arm();
    }

  private:
    friend struct State;

    void arm() {
        for (const Ready direction : {Ready::kReadable, Ready::kWritable}) {
            const auto index = static_cast<std::size_t>(direction);
            if (!wanted_[index] || armed_[index]) continue;
            armed_[index] = true;
            const auto event = direction == Ready::kReadable ? asio::posix::descriptor_base::wait_read
                                                             : asio::posix::descriptor_base::wait_write;
            descriptor_.async_wait(event, [&state = state_, id = id_, direction](const asio::error_code& error) {
                state.ready(id, direction, error);
            });
        }
    }

    State& state_;
    const std::uint64_t id_;
    asio::posix::stream_descriptor descriptor_;
    Callback callback_;
    std::array<bool, 2> wanted_{};
    std::array<bool, 2> armed_{};
};

void AsioEventLoop::State::ready(std::uint64_t id, Ready direction, const asio::error_code& error) {
    auto found = watches.find(id);
    if (found == watches.end() || error) return;
    const auto index = static_cast<std::size_t>(direction);
    found->second->armed_[index] = false;
    if (!found->second->wanted_[index]) return;
    Callback callback = std::move(found->second->callback_);  // it may destroy the watch that holds it
    callback(direction);
    found = watches.find(id);
    if (found == watches.end()) return;
    found->second->callback_ = std::move(callback);
    found->second->arm();
}

AsioEventLoop::AsioEventLoop() : state_(std::make_unique<State>()) {}
AsioEventLoop::~AsioEventLoop() = default;

void AsioEventLoop::post(Task task) {
    state_->add(std::move(task));
}

Timer AsioEventLoop::after(Duration delay, Task task) {
    const State::TimerKey key{std::chrono::steady_clock::now() + std::max(delay, Duration::zero()), state_->next_id++};
    state_->timers.emplace(key, std::move(task));
    if (delay > Duration::zero())
        state_->set_alarm();
    else if (!std::exchange(state_->due_posted, true))  // due already: spares the kernel's timer
        state_->add([&state = *state_] {
            state.due_posted = false;
            state.run_due();
        });
    return std::make_unique<ArmedTimer>(*state_, key);
}

void AsioEventLoop::run() {
    state_->io.run();
    state_->io.restart();
}

void AsioEventLoop::stop() {
    state_->io.stop();
}

std::unique_ptr<Watch> AsioEventLoop::watch(int fd, Callback callback) {
    const int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0) return nullptr;
    return std::make_unique<ArmedWatch>(*state_, own, std::move(callback));
}

}  // namespace tillkeeper
