// Virtual time: one clock and four event loops that take turns on one thread, everything drawn from one seed.
//
// A task takes no time unless something charges for it (a slow disk); then its loop is busy that long, what it posts
// arrives afterwards, and the other loops go on. Ties are broken by the seed, so that each seed sees other
// interleavings.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "platform/clock.h"
#include "platform/event_loop.h"
#include "platform/random.h"

namespace tillkeeper::simulation {

class VirtualClock final : public Clock {
  public:
    [[nodiscard]] WallTime wall() const override { return kStart + since_start() + wall_off_; }
    [[nodiscard]] MonotonicTime monotonic() const override { return now_ + spent_ - booted_; }

    // Since the story began, whatever the box's clocks say. A running task's own time is in it.
    [[nodiscard]] Duration since_start() const { return (now_ + spent_).time_since_epoch(); }
    // Likewise, for the loops.
    [[nodiscard]] MonotonicTime instant() const { return now_ + spent_; }

    void jump_wall(Duration by) { wall_off_ += by; }
    void correct_wall() { wall_off_ = {}; }
    void reboot() { booted_ = now_.time_since_epoch(); }
    void charge(Duration cost) {  // the running task takes that long
        spent_ += cost;
        charged_ += cost;
    }
    [[nodiscard]] Duration charged() const { return charged_; }  // in all

    static constexpr WallTime kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + std::chrono::hours(10)};

  private:
    friend class Schedule;
    MonotonicTime now_{};
    Duration spent_{};
    Duration charged_{};
    Duration wall_off_{};
    Duration booted_{};
};

class SimulatedLoop final : public EventLoop {
  public:
    SimulatedLoop(VirtualClock& clock, Random& random) : clock_(clock), random_(random) {}
    ~SimulatedLoop() override { clear(); }

    void post(Task task) override;
    [[nodiscard]] Timer after(Duration delay, Task task) override;
    void run() override {}  // the Schedule does
    void stop() override {}

    // As after(), without a handle: it always happens.
    void later(Duration delay, Task task);
    // Forgets everything that was posted or is to fire: the process has died.
    void clear();

  private:
    friend class Schedule;
    using Key = std::pair<MonotonicTime, std::uint64_t>;
    class Armed;

    [[nodiscard]] std::optional<MonotonicTime> next() const;
    void run_one(MonotonicTime now);

    VirtualClock& clock_;
    Random& random_;
    std::deque<std::pair<MonotonicTime, Task>> posted_;  // when it arrives; ascending
    std::map<Key, Task> timers_;
    std::uint64_t next_id_ = 0;
    MonotonicTime free_at_{};
};

class Schedule {
    Random& random_;  // before the loops, which draw from it

  public:
    explicit Schedule(Random& random) : random_(random) {}

    VirtualClock clock;
    SimulatedLoop world{clock, random_};  // tills, broker, network, cloud, fate
    SimulatedLoop till{clock, random_};   // the daemon's three
    SimulatedLoop journal{clock, random_};
    SimulatedLoop sync{clock, random_};

    // Runs the next thing that happens before `end`. False: nothing does; the time is `end` then.
    [[nodiscard]] bool step(MonotonicTime end);
    [[nodiscard]] std::uint64_t steps() const { return steps_; }
    // When that will be; MonotonicTime::max() when nothing is to happen.
    [[nodiscard]] MonotonicTime next() const;

  private:
    std::uint64_t steps_ = 0;
};

}  // namespace tillkeeper::simulation
