#include "agent/day/number_ranges.h"

#include <iterator>

namespace tillkeeper::agent {

void NumberRanges::add(std::int64_t number) {
    if (has(number)) return;
    const auto above = ranges_.upper_bound(number);
    const auto below = above == ranges_.begin() ? ranges_.end() : std::prev(above);
    const bool joins_below = below != ranges_.end() && below->second == number - 1;
    const bool joins_above = above != ranges_.end() && above->first == number + 1;
    if (!joins_below && !joins_above && ranges_.size() >= kRangesMax) {
        ++unlisted_;
        return;
    }
    const std::int64_t last = joins_above ? above->second : number;
    if (joins_above) ranges_.erase(above);
    if (joins_below)
        below->second = last;
    else
        ranges_.emplace(number, last);
}

void NumberRanges::take_out(std::int64_t number) {
    if (!has(number)) return;
    const auto range = std::prev(ranges_.upper_bound(number));
    const auto [first, last] = *range;
    ranges_.erase(range);
    if (first < number) ranges_.emplace(first, number - 1);
    if (number < last) ranges_.emplace(number + 1, last);
}

bool NumberRanges::has(std::int64_t number) const {
    const auto above = ranges_.upper_bound(number);
    return above != ranges_.begin() && std::prev(above)->second >= number;
}

NumberRanges::Ranges NumberRanges::gaps() const {
    Ranges gaps;
    for (auto range = ranges_.begin(); range != ranges_.end(); ++range)
        if (range != ranges_.begin()) gaps.emplace(std::prev(range)->second + 1, range->first - 1);
    return gaps;
}

}  // namespace tillkeeper::agent
