// FakeLoop: an EventLoop in virtual time. Nothing happens until the test calls one of the run functions.
//
// Tasks run on the thread that calls them; post() may come from any thread, as from a real journal thread.
// A run that executes more than kTasksMax tasks throws: two objects keep each other busy for ever.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "platform/event_loop.h"
#include "tests/fakes/fake_clock.h"

namespace tillkeeper::fakes {

class FakeLoop final : public EventLoop {
  public:
    static constexpr std::size_t kTasksMax = 10'000'000;

    explicit FakeLoop(FakeClock& clock) : clock_(clock) {}
    ~FakeLoop() override;

    void post(Task task) override;
    [[nodiscard]] Timer after(Duration delay, Task task) override;
    // As run_until_idle(), then waits for posts of other threads, until stop(). Timers fire only by advance().
    void run() override;
    void stop() override;

    // Runs what is posted and due, and what that posts, until nothing is left that could run now.
    void run_until_idle();
    // Lets time pass: timers fire in their order, each at its own instant.
    void advance(Duration duration);
    // Runs posted tasks until `condition` holds; false if it does not within `real_time` of the machine's clock.
    // For work that another thread posts back.
    [[nodiscard]] bool run_until(const std::function<bool()>& condition,
                                 std::chrono::milliseconds real_time = std::chrono::seconds(10));

    // When the next timer fires, if there is one.
    [[nodiscard]] std::optional<MonotonicTime> next_timer() const;
    [[nodiscard]] std::size_t timers() const { return timers_.size(); }

  private:
    using Key = std::pair<MonotonicTime, std::uint64_t>;
    class Armed;

    [[nodiscard]] bool run_posted();
    [[nodiscard]] bool run_due();

    FakeClock& clock_;
    std::map<Key, Task> timers_;
    std::uint64_t next_id_ = 0;

    std::mutex mutex_;
    std::condition_variable woken_;
    std::deque<Task> posted_;
    bool stopped_ = false;
};

}  // namespace tillkeeper::fakes
