// What all tills together have come to: counts, amounts by day, and how long answers took.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "platform/clock.h"
#include "tests/till/answer.h"

namespace tillkeeper::till {

// Durations in buckets of about 3 %: constant memory, however many.
class Latencies {
  public:
    void add(Duration duration);
    // The duration that `share` (0..1) of all do not exceed; 0 when there is none.
    [[nodiscard]] std::int64_t quantile_us(double share) const;

  private:
    static constexpr int kPerDoubling = 32;
    std::array<std::int64_t, 36 * kPerDoubling> counts_{};
    std::int64_t total_ = 0;
};

struct Tally {
    std::int64_t sold = 0;
    std::array<std::int64_t, 4> settled{};  // by Outcome; refused only where another try does not help
    std::int64_t waiting = 0;               // sold, and not settled
    std::int64_t sent_again = 0;
    std::int64_t late_answers = 0;     // to what was settled before
    std::int64_t refused_for_now = 0;  // refusals that were tried again
    std::int64_t reconnects = 0;
    std::map<std::string, std::int64_t> amount_by_day;  // of all that was sold
    // What members earned by what was sold in this life: a point for each whole 100 of a transaction's total.
    std::int64_t points_earned = 0;
    Latencies latencies;  // from the first handing over to the answer that settled it

    [[nodiscard]] std::int64_t of(Outcome outcome) const { return settled[static_cast<std::size_t>(outcome)]; }
};

// One line of JSON, no line break: the counts; `with_days` adds the amounts by day.
[[nodiscard]] std::string to_json(const Tally& tally, bool with_days);

}  // namespace tillkeeper::till
