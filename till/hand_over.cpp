#include "till/hand_over.h"

#include <algorithm>

namespace tillkeeper::pos {
namespace {

constexpr int kDoublingsMax = 3;

}  // namespace

std::optional<std::int64_t> HandOver::due_again(MonotonicTime now) const {
    const auto due = std::ranges::find_if(in_flight_, [&](const auto& one) { return one.second.due <= now; });
    if (due == in_flight_.end()) return std::nullopt;
    return due->first;
}

void HandOver::sent(std::int64_t sequence, MonotonicTime now, Random& random) {
    Flight& flight = in_flight_[sequence];
    const Duration whole = timeout_ * (1 << std::min(flight.tries, kDoublingsMax));
    const Duration less(random.below(static_cast<std::uint64_t>(whole.count()) / 4 + 1));
    flight.due = now + whole - less;
    if (flight.tries++ > 0) ++sent_again_;
    newest_ = std::max(newest_, sequence);
}

void HandOver::put_off(std::int64_t sequence, MonotonicTime at) {
    const auto found = in_flight_.find(sequence);
    if (found != in_flight_.end()) found->second.due = at;
}

void HandOver::connection_lost() {
    for (auto& [sequence, flight] : in_flight_) flight.due = MonotonicTime::min();
}

MonotonicTime HandOver::wake_at() const {
    const auto first = std::ranges::min_element(in_flight_, {}, [](const auto& one) { return one.second.due; });
    return first == in_flight_.end() ? MonotonicTime::max() : first->second.due;
}

}  // namespace tillkeeper::pos
