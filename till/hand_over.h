// HandOver: which sale is sent when. Pure: time and randomness are arguments; it knows sales by their till_sequence.
//
// New sales are taken in the order of their sequence, at most `in_flight_max` at a time. One without an answer is due
// again after the timeout, doubled at each try up to eight times, less up to a quarter at random. All in flight are due
// at once, in order, when the connection was lost. One that is put off keeps its place: nothing overtakes it that could
// not have before. Nothing is ever given up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "platform/clock.h"
#include "platform/random.h"

namespace tillkeeper::pos {

class HandOver {
  public:
    HandOver(std::size_t in_flight_max, Duration timeout) : in_flight_max_(in_flight_max), timeout_(timeout) {}

    // The earliest in flight that is due again; nothing when none is.
    [[nodiscard]] std::optional<std::int64_t> due_again(MonotonicTime now) const;
    // Whether one more may be sent for the first time in this life: the first that waits after newest().
    [[nodiscard]] bool has_room() const { return in_flight_.size() < in_flight_max_; }
    [[nodiscard]] std::int64_t newest() const { return newest_; }

    // It leaves now, for the first time or again.
    void sent(std::int64_t sequence, MonotonicTime now, Random& random);
    // It was answered for good. False: it was not in flight.
    bool settled(std::int64_t sequence) { return in_flight_.erase(sequence) > 0; }
    // The store could not keep it now: due again `at`. A number that is not in flight changes nothing.
    void put_off(std::int64_t sequence, MonotonicTime at);
    void connection_lost();

    // When due_again() has something next; max() when nothing is in flight.
    [[nodiscard]] MonotonicTime wake_at() const;
    [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }
    [[nodiscard]] std::uint64_t sent_again() const { return sent_again_; }

  private:
    struct Flight {
        MonotonicTime due{};
        int tries = 0;
    };
    std::size_t in_flight_max_;
    Duration timeout_;
    std::map<std::int64_t, Flight> in_flight_;
    std::int64_t newest_ = -1;
    std::uint64_t sent_again_ = 0;
};

}  // namespace tillkeeper::pos
