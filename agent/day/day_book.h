// DayBook: one business day of the store: what each till took, which of its numbers came, and when the sales were made.
// Pure: fed with entries in the journal's order. Nothing of a person is in it.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/day/business_day.h"
#include "agent/day/till_totals.h"
#include "storage/entry.h"

namespace tillkeeper::agent {

struct HourTurnover {
    std::int64_t count = 0;
    std::int64_t value = 0;  // of those in DayBook::currency()
};
using Turnover = std::array<HourTurnover, kHoursMax>;

class DayBook {
  public:
    static constexpr std::size_t kTillsMax = 1000;
    // 24 bytes each: 4.8 MB at the very most.
    static constexpr std::size_t kSalesMax = 200'000;

    // Of this day, at this hour of it.
    void take(const storage::Entry& entry, int hour);
    // A quarantined one was repaired or let through: what stands for it comes as an entry of its own.
    void release(storage::JournalNumber quarantined);

    [[nodiscard]] const std::map<std::string, TillTotals, std::less<>>& tills() const { return tills_; }
    // All tills together, without names and numbers.
    [[nodiscard]] TillTotals store() const;

    // The currency of most sales; "" where none was said.
    [[nodiscard]] std::string currency() const;
    // Sales, returns, exchanges and voids, by the hour in which they were made.
    [[nodiscard]] Turnover accepted() const;
    // Those of them that a destination has: up to its cursor, without what is held for it (ascending). Nothing: there
    // were more than kSalesMax.
    [[nodiscard]] std::optional<Turnover> delivered(storage::JournalNumber cursor,
                                                    std::span<const storage::JournalNumber> held) const;

  private:
    struct Sale {
        storage::JournalNumber number = 0;
        std::int64_t amount = 0;
        std::uint8_t hour = 0;
        std::uint8_t currency = 0;
    };
    void remember(const storage::Entry& entry, const Takings& takings, int hour);
    [[nodiscard]] std::uint8_t most_used() const;

    std::map<std::string, TillTotals, std::less<>> tills_;
    struct OfCurrency {
        std::string code;
        Turnover hours{};
        std::int64_t count = 0;
    };
    std::vector<OfCurrency> currencies_;
    std::vector<Sale> sales_;  // ascending
    bool all_sales_ = true;
};

}  // namespace tillkeeper::agent
