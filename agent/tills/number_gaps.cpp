#include "agent/tills/number_gaps.h"

#include <algorithm>
#include <iterator>

namespace tillkeeper::agent {

void NumberGaps::came(std::int64_t number) {
    if (highest_ && (number > *highest_ + kFar || number < *highest_ - kFar)) return begins_at(number);
    if (!highest_ || number > *highest_) {
        if (highest_ && number > *highest_ + 1) add_range(*highest_ + 1, number - 1);
        highest_ = number;
        return;
    }
    if (take_out(number)) return;
    // Among those that are only counted nobody knows which it is.
    if (number < forgotten_below_ && missing_ > 0)
        --missing_;
    else
        ++repeated_;
}

void NumberGaps::begins_at(std::int64_t number) {
    if (highest_ && number + kLate >= *highest_ && take_out(number)) return;
    if (highest_ && number <= *highest_) *this = {};
    highest_ = number;
}

bool NumberGaps::never_used_below(std::int64_t number) {
    auto above = ranges_.lower_bound(number);
    if (above == ranges_.begin()) return false;
    return take_out(std::min(std::prev(above)->second, number - 1));
}

void NumberGaps::add_range(std::int64_t first, std::int64_t last) {
    ranges_.emplace(first, last);
    missing_ += last - first + 1;
    if (ranges_.size() <= kRangesMax) return;
    forgotten_below_ = ranges_.begin()->second + 1;
    ranges_.erase(ranges_.begin());
}

bool NumberGaps::take_out(std::int64_t number) {
    auto range = ranges_.upper_bound(number);
    if (range == ranges_.begin()) return false;
    --range;
    const auto [first, last] = *range;
    if (number > last) return false;
    ranges_.erase(range);
    if (first < number) ranges_.emplace(first, number - 1);
    if (number < last) ranges_.emplace(number + 1, last);
    --missing_;
    return true;
}

}  // namespace tillkeeper::agent
