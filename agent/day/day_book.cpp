#include "agent/day/day_book.h"

#include <algorithm>

namespace tillkeeper::agent {
namespace {

using storage::Entry;
using storage::JournalNumber;

constexpr std::array<std::string_view, 4> kTurnoverTypes{"sale", "return", "exchange", "void"};
constexpr std::size_t kCurrenciesMax = 20;

}  // namespace

void DayBook::take(const Entry& entry, int hour) {
    if (!entry.damaged.empty() || !is_of_a_till(entry)) return;
    if (tills_.size() >= kTillsMax && !tills_.contains(entry.till)) return;
    const auto takings = tills_[entry.till].take(entry);
    if (takings && std::ranges::find(kTurnoverTypes, entry.type) != kTurnoverTypes.end())
        remember(entry, *takings, hour);
}

void DayBook::remember(const Entry& entry, const Takings& takings, int hour) {
    auto known = std::ranges::find(currencies_, takings.currency, &OfCurrency::code);
    if (known == currencies_.end() && currencies_.size() < kCurrenciesMax)
        known = currencies_.insert(known, {takings.currency, {}, 0});
    if (known == currencies_.end()) known = std::prev(known);
    ++known->count;
    auto& of_hour = known->hours[static_cast<std::size_t>(hour)];
    of_hour = {of_hour.count + 1, added(of_hour.value, takings.total)};
    all_sales_ = all_sales_ && sales_.size() < kSalesMax;
    if (!all_sales_) return sales_.clear();
    sales_.push_back({entry.number, takings.total, static_cast<std::uint8_t>(hour),
                      static_cast<std::uint8_t>(known - currencies_.begin())});
}

void DayBook::release(JournalNumber quarantined) {
    for (auto& [name, till] : tills_) till.release(quarantined);
}

TillTotals DayBook::store() const {
    TillTotals all;
    for (const auto& [name, till] : tills_) all.add(till);
    return all;
}

std::uint8_t DayBook::most_used() const {
    return static_cast<std::uint8_t>(std::ranges::max_element(currencies_, {}, &OfCurrency::count) -
                                     currencies_.begin());
}

std::string DayBook::currency() const {
    return currencies_.empty() ? "" : currencies_[most_used()].code;
}

Turnover DayBook::accepted() const {
    Turnover turnover{};
    for (std::size_t i = 0; i < currencies_.size(); ++i)
        for (std::size_t hour = 0; hour < turnover.size(); ++hour) {
            turnover[hour].count += currencies_[i].hours[hour].count;
            if (i == most_used()) turnover[hour].value = currencies_[i].hours[hour].value;
        }
    return turnover;
}

std::optional<Turnover> DayBook::delivered(JournalNumber cursor, std::span<const JournalNumber> held) const {
    if (!all_sales_) return std::nullopt;
    Turnover turnover{};
    const auto shown = most_used();
    for (const auto& sale : sales_) {
        if (sale.number > cursor) break;
        if (std::ranges::binary_search(held, sale.number)) continue;
        auto& of_hour = turnover[sale.hour];
        ++of_hour.count;
        if (sale.currency == shown) of_hour.value = added(of_hour.value, sale.amount);
    }
    return turnover;
}

}  // namespace tillkeeper::agent
