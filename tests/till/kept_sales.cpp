#include "tests/till/kept_sales.h"

#include <algorithm>

namespace tillkeeper::till {
namespace {

constexpr int kDoublingsMax = 3;

}  // namespace

const KeptSale* KeptSales::hand_over(KeptSale& sale, MonotonicTime now) {
    if (sale.tries == 0)
        sale.first_sent = now;
    else
        ++sent_again_;
    sale.due = now + timeout_ * (1 << std::min(sale.tries, kDoublingsMax));
    ++sale.tries;
    earliest_due_ = std::min(earliest_due_, sale.due);
    return &sale;
}

const KeptSale* KeptSales::take_due(MonotonicTime now) {
    if (now >= earliest_due_) {
        const auto due = std::ranges::find_if(in_flight_, [&](const KeptSale& sale) { return sale.due <= now; });
        if (due != in_flight_.end()) return hand_over(*due, now);
        const auto next = std::ranges::min_element(in_flight_, {}, &KeptSale::due);
        earliest_due_ = next == in_flight_.end() ? MonotonicTime::max() : next->due;
    }
    if (backlog_.empty() || in_flight_.size() >= window_) return nullptr;
    in_flight_.push_back(std::move(backlog_.front()));
    backlog_.pop_front();
    return hand_over(in_flight_.back(), now);
}

std::optional<KeptSale> KeptSales::settle(std::string_view id) {
    const auto found = std::ranges::find(in_flight_, id, &KeptSale::id);
    if (found == in_flight_.end()) return std::nullopt;
    std::optional<KeptSale> sale(std::move(*found));
    in_flight_.erase(found);
    return sale;
}

void KeptSales::try_again(std::string_view id, MonotonicTime at) {
    const auto found = std::ranges::find(in_flight_, id, &KeptSale::id);
    if (found == in_flight_.end()) return;
    found->due = at;
    earliest_due_ = std::min(earliest_due_, at);
}

void KeptSales::connection_lost() {
    for (auto& sale : in_flight_) sale.due = MonotonicTime::min();
    if (!in_flight_.empty()) earliest_due_ = MonotonicTime::min();
}

}  // namespace tillkeeper::till
