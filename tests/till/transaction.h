// What a till hands over, as a value, and as the JSON of the bus contract.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/clock.h"

namespace tillkeeper::till {

using Money = std::int64_t;  // in the currency's minor unit; negative is paid out

struct Line {
    std::string sku;
    std::string description;
    std::int64_t quantity_milli = 0;  // thousandths; negative comes back
    Money unit_price = 0;
    Money amount = 0;
};

struct Tender {
    std::string type;  // card, cash, voucher
    Money amount = 0;
};

struct Tax {
    std::string rate;  // percent, "20.0"
    Money amount = 0;  // contained in the total
};

struct Transaction {
    std::string id;
    std::string type;
    std::int64_t till_sequence = 0;
    WallTime occurred_at;
    std::string currency = "GBP";
    std::string receipt;
    std::vector<Line> lines;
    std::vector<Tender> tenders;
    std::vector<Tax> taxes;
    std::optional<Money> total;  // nothing where no money is told of (till_opened)
    std::string member_id;       // "" where the customer is not known
    std::string refers_to;       // "" where it refers to nothing

    // "2026-11-20"; a business day here is a day in UTC.
    [[nodiscard]] std::string business_day() const;
};

// UTF-8, no white space; what is empty is left out. Texts must be UTF-8.
[[nodiscard]] std::string to_json(const Transaction& transaction);
// The same without what the till library writes: id, type, number, times, receipt.
[[nodiscard]] std::string content_json(const Transaction& transaction);

// What is contained of each rate, for the total to be the lines' sum. GBP: 20 % and 5 %; others: 19 % and 7 %.
// `reduced` says which lines carry the lower rate.
template <typename Reduced>
[[nodiscard]] std::vector<Tax> contained_taxes(const Transaction& sale, Reduced reduced);

// As above where every line carries the normal rate.
[[nodiscard]] Money contained_tax(Money gross, int rate_tenths);

template <typename Reduced>
std::vector<Tax> contained_taxes(const Transaction& sale, Reduced reduced) {
    Money normal_gross = 0;
    Money reduced_gross = 0;
    for (const auto& line : sale.lines) (reduced(line) ? reduced_gross : normal_gross) += line.amount;
    const bool pounds = sale.currency == "GBP";
    std::vector<Tax> taxes;
    if (normal_gross != 0) taxes.push_back({pounds ? "20.0" : "19.0", contained_tax(normal_gross, pounds ? 200 : 190)});
    if (reduced_gross != 0) taxes.push_back({pounds ? "5.0" : "7.0", contained_tax(reduced_gross, pounds ? 50 : 70)});
    return taxes;
}

}  // namespace tillkeeper::till
