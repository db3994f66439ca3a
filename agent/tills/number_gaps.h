// NumberGaps: which numbers of one till have not come. Pure; bounded whatever a till sends.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace tillkeeper::agent {

class NumberGaps {
  public:
    // Ranges that are remembered one by one; what else is missing is only counted (older ones).
    static constexpr std::size_t kRangesMax = 100;

    // A number so far from the highest is no gap: the till counts anew.
    static constexpr std::int64_t kFar = 1'000'000;
    // What comes late is at most so far back: a till has no more under way.
    static constexpr std::int64_t kLate = 1000;

    // The first number of all begins the row: nothing is missing before it.
    void came(std::int64_t number);
    // The till begins a row at `number`: nothing is missing between the last one and it. When it goes back, numbers
    // mean something new, and what was missing before cannot be told any more; but for one that merely comes late.
    void begins_at(std::int64_t number);
    // The highest missing number below `number` was never used. False: none is missing there.
    bool never_used_below(std::int64_t number);

    [[nodiscard]] std::optional<std::int64_t> highest() const { return highest_; }
    // First to last, both missing.
    [[nodiscard]] const std::map<std::int64_t, std::int64_t>& ranges() const { return ranges_; }
    [[nodiscard]] std::int64_t missing() const { return missing_; }    // all of them
    [[nodiscard]] std::int64_t repeated() const { return repeated_; }  // numbers that came more than once

  private:
    void add_range(std::int64_t first, std::int64_t last);
    bool take_out(std::int64_t number);

    std::optional<std::int64_t> highest_;
    std::int64_t forgotten_below_ = 0;  // ranges below it are counted only
    std::map<std::int64_t, std::int64_t> ranges_;
    std::int64_t missing_ = 0;
    std::int64_t repeated_ = 0;
};

}  // namespace tillkeeper::agent
