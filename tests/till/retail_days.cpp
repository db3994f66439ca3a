#include "tests/till/retail_days.h"

#include <unordered_map>

#include "tests/till/retail_rows.h"

namespace tillkeeper::till {

// The rows are read as everywhere; the arithmetic is another: pounds and pence apart, whole pieces and thousandths.
Result<AmountsByDay> expected_by_day(const std::string& path, std::int64_t sales_max) {
    auto rows = RetailRows::open(path);
    if (!rows) return std::unexpected(std::move(rows.error()));
    std::unordered_map<std::string, std::string> day_of;
    AmountsByDay days;
    RetailRow row;
    while (true) {
        const auto more = rows->next(row);
        if (!more) return std::unexpected(more.error());
        if (!*more) return days;
        auto day = day_of.find(row.invoice);
        if (day == day_of.end()) {
            if (sales_max >= 0 && static_cast<std::int64_t>(day_of.size()) >= sales_max) continue;
            day = day_of.emplace(row.invoice, to_rfc3339(row.time).substr(0, 10)).first;
        }
        const auto pieces = row.quantity_milli / 1000;
        const auto thousandths = row.quantity_milli % 1000;
        const auto pence = row.price_e4 / 100;
        const auto hundredths = row.price_e4 % 100;  // of a penny
        // In hundred-thousandths of a penny, without the whole pence of whole pieces.
        const auto rest = pieces * hundredths * 1000 + thousandths * pence * 100 + thousandths * hundredths;
        constexpr std::int64_t kPenny = 100'000;
        const auto whole = rest / kPenny;
        const auto broken = rest % kPenny;
        const auto rounded = broken * 2 >= kPenny ? 1 : broken * 2 <= -kPenny ? -1 : 0;
        days[day->second] += pieces * pence + whole + rounded;
    }
}

}  // namespace tillkeeper::till
