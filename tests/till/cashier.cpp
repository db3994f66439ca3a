#include "tests/till/cashier.h"

#include <algorithm>

namespace tillkeeper::till {
namespace {

constexpr std::size_t kBacklogMax = 1'000'000;

}  // namespace

Cashier::Cashier(const TillOptions& options, SalesSource& source, const Pace& pace, Tally& tally, Random& random,
                 std::move_only_function<void(const std::string& id)>& poisoned)
    : options_(options), source_(source), pace_(pace), tally_(tally), random_(random), poisoned_(poisoned) {}

void Cashier::sell(MonotonicTime now, const Counter& counter) {
    sold_out_ = sold_out_ || pace_.closed;
    if (sold_out_) return;
    if (pace_.paused) {
        next_sale_ = now;
        return;
    }
    if (pace_.per_second <= 0) {
        while (counter.has_room() && sell_one(counter)) continue;
        next_sale_ = now;
        return;
    }
    const Duration interval(static_cast<std::int64_t>(1e6 * static_cast<double>(options_.tills) / pace_.per_second) +
                            1);
    if (next_sale_ == MonotonicTime{})
        next_sale_ = now + Duration(random_.below(static_cast<std::uint64_t>(interval.count())));
    next_sale_ = std::min(next_sale_, now + interval);
    for (; next_sale_ <= now && counter.waiting() < kBacklogMax; next_sale_ += interval)
        if (!sell_one(counter)) return;
}

bool Cashier::sell_one(const Counter& counter) {
    auto transaction = source_.next(options_.index);
    if (!transaction) {
        sold_out_ = true;
        return false;
    }
    if (poisons_ > 0 && transaction->type == "sale" && !transaction->tenders.empty()) {
        --poisons_;
        transaction->tenders.front().type = "barter";
        if (poisoned_) poisoned_(transaction->id);
    }
    ++tally_.sold;
    tally_.amount_by_day[transaction->business_day()] += transaction->total.value_or(0);
    if (!transaction->member_id.empty()) tally_.points_earned += transaction->total.value_or(0) / 100;
    counter.take(*transaction);
    return true;
}

}  // namespace tillkeeper::till
