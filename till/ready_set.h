// ReadySet: one descriptor for a program's own loop, readable when a till has something to do: a socket or a timer.
// Ownership: of its two descriptors. Thread: one.
#pragma once

#include <chrono>
#include <utility>

#include "platform/clock.h"
#include "platform/result.h"

namespace tillkeeper::pos {

class ReadySet {
  public:
    [[nodiscard]] static Result<ReadySet> make();
    ReadySet(ReadySet&& other) noexcept
        : all_(std::exchange(other.all_, -1)), timer_(std::exchange(other.timer_, -1)), socket_(other.socket_) {}
    ReadySet& operator=(ReadySet&&) = delete;
    ~ReadySet();

    [[nodiscard]] int descriptor() const { return all_; }
    // The socket to watch from now on; -1: none. Cheap when nothing changed.
    void watch(int socket, bool for_writing);
    // Ready after so long; zero: now.
    void wake_in(Duration delay);
    // Waits; true: the socket is ready (not merely the timer).
    [[nodiscard]] bool wait(std::chrono::milliseconds max);

  private:
    ReadySet(int all, int timer) : all_(all), timer_(timer) {}
    int all_;
    int timer_;
    int socket_ = -1;
};

}  // namespace tillkeeper::pos
