// Drives many tills on one thread with poll().
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "tests/till/simulated_till.h"

struct pollfd;

namespace tillkeeper::till {

// Of this process; for tests of what needs no real time, give times of your own.
[[nodiscard]] MonotonicTime monotonic_now();

class TillLoop {
  public:
    TillLoop();
    ~TillLoop();
    void add(std::unique_ptr<SimulatedTill> till) { tills_.push_back(std::move(till)); }
    // Calls `readable` when the descriptor can be read; until it returns false.
    void watch(int descriptor, std::move_only_function<bool()> readable);

    // One round: waits until something can be done, at most `wait_max`.
    void turn(std::chrono::milliseconds wait_max);

    [[nodiscard]] bool done() const;
    [[nodiscard]] std::vector<std::unique_ptr<SimulatedTill>>& tills() { return tills_; }
    [[nodiscard]] const std::vector<std::unique_ptr<SimulatedTill>>& tills() const { return tills_; }

  private:
    std::vector<std::unique_ptr<SimulatedTill>> tills_;
    std::vector<pollfd> polled_;
    int watched_ = -1;
    std::move_only_function<bool()> readable_;
    MonotonicTime next_tick_{};
};

}  // namespace tillkeeper::till
