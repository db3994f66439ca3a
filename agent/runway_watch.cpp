#include "agent/runway_watch.h"

#include <algorithm>

namespace tillkeeper::agent {
namespace {

constexpr Duration kLookEvery = std::chrono::minutes(5);

// The first number that arrived at `from` or later. Where a clock was wrong it may be off; the pace is a guess anyway.
storage::JournalNumber first_since(JournalGlance& glance, WallTime from) {
    auto low = glance.bounds().first;
    auto high = glance.bounds().last;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        const auto arrived = glance.arrival_after(middle - 1);
        if (arrived && *arrived >= from)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

}  // namespace

void RunwayWatch::look(JournalGlance& glance, StoreState& state) {
    if (const auto room = device_.disk_free_bytes(data_folder_)) state.disk_free_bytes = *room;
    const auto moment = clock_.monotonic();
    if (!looked_ || moment - *looked_ >= kLookEvery) {
        looked_ = moment;
        look_closely(glance);
    }
    use_.free_bytes = state.disk_free_bytes;
    state.runway = first_to_give_way(until_full(use_), known_, clock_.wall());
}

void RunwayWatch::look_closely(JournalGlance& glance) {
    const auto& bounds = glance.bounds();
    const auto oldest = glance.arrival_after(bounds.first - 1);
    known_ = ends_();
    if (bounds.last == 0 || !oldest) return;
    const auto from = std::max(*oldest, clock_.wall() - kPaceOf);
    use_.journal_bytes = bounds.bytes;
    use_.entries = bounds.last - bounds.first + 1;
    use_.recent = clock_.wall() - from;
    use_.recent_entries = from == *oldest ? use_.entries : bounds.last - first_since(glance, from) + 1;
}

}  // namespace tillkeeper::agent
