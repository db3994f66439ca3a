#include "agent/page/sales_feed.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tillkeeper::agent {
namespace {

constexpr int kHeldMax = 2000;  // of one destination; beyond, what is delivered is not told

SalesHour::Amounts amounts(const HourTurnover& of) {
    return {of.count, of.value};
}

}  // namespace

SalesDay sales_of(const Turnover& accepted, const std::optional<Turnover>& delivered, std::string currency) {
    SalesDay day{.currency = std::move(currency), .hours = {}};
    const auto sold = [](const HourTurnover& hour) { return hour.count > 0; };
    const auto* const first = std::ranges::find_if(accepted, sold);
    if (first == accepted.end()) return day;
    const auto last = accepted.rend() - std::find_if(accepted.rbegin(), accepted.rend(), sold);
    for (auto hour = first - accepted.begin(); hour < last; ++hour) {
        const auto place = static_cast<std::size_t>(hour);
        SalesHour of{static_cast<int>(hour), amounts(accepted[place]), {}};
        if (delivered) of.delivered = amounts((*delivered)[place]);
        day.hours.push_back(of);
    }
    return day;
}

std::optional<SalesDay> SalesFeed::today(WallTime now) {
    const auto day = open_day(now, store_);
    feed_.move_to({day, day});
    if (!counting_) {
        const auto more = feed_.step();
        if (!more) return std::nullopt;
        counting_ = *more;
        if (counting_) feed_.catch_up(loop_, [this](Result<void>) { counting_ = false; });
    }
    const DayBook& book = feed_.book(day);
    SalesDay sales = sales_of(book.accepted(), delivered(book), book.currency());
    sales.counted = !counting_;
    return sales;
}

// What lies before every cursor, and is held nowhere.
std::optional<Turnover> SalesFeed::delivered(const DayBook& book) {
    const auto cursors = reader_.cursors();
    if (!cursors) return std::nullopt;
    auto up_to = std::numeric_limits<storage::JournalNumber>::max();
    std::vector<storage::JournalNumber> held;
    for (const auto& each : destinations_) {
        const auto cursor = std::ranges::find(*cursors, each.name, &storage::Cursor::destination);
        up_to = std::min(up_to, cursor == cursors->end() ? 0 : cursor->number);
        const auto rows = reader_.held(each.name, 0, kHeldMax);
        if (!rows || rows->size() == kHeldMax) return std::nullopt;
        for (const auto& row : *rows) held.push_back(row.number);
    }
    std::ranges::sort(held);
    return book.delivered(up_to, held);
}

}  // namespace tillkeeper::agent
