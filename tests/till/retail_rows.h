// Rows of a file in the form of UCI Online Retail, understood: columns found by their names, numbers exact.
//
// Known columns: InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country (and the
// names of Online Retail II). Without a header the columns are in that order. Dates: 2010-12-01 08:26[:00] or 12/1/2010
// 8:26.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/clock.h"
#include "tests/till/csv_rows.h"

namespace tillkeeper::till {

struct RetailRow {
    std::string invoice;
    std::string sku;
    std::string description;
    std::int64_t quantity_milli = 0;
    std::int64_t price_e4 = 0;  // ten-thousandths of the currency's unit
    WallTime time;
    std::string customer;  // "" where unknown; without the ".0" of files that went through a spreadsheet

    // Quantity times price, in the minor unit, half a unit rounded away from zero. Never overflows for rows read here.
    [[nodiscard]] std::int64_t amount() const;
    [[nodiscard]] std::int64_t unit_price() const;
};

// Rows that could not be used, by reason, and the first row of each.
struct OddRows {
    struct Seen {
        std::int64_t count = 0;
        std::int64_t first_row = 0;
    };
    std::map<std::string, Seen> by_reason;

    [[nodiscard]] std::int64_t count() const;
};

class RetailRows {
  public:
    [[nodiscard]] static Result<RetailRows> open(const std::string& path);

    // Fills `row` with the next usable one; false at the end. Odd rows are counted and passed over.
    [[nodiscard]] Result<bool> next(RetailRow& row);
    [[nodiscard]] const OddRows& odd() const { return odd_; }

  private:
    enum Column { kInvoice, kSku, kDescription, kQuantity, kDate, kPrice, kCustomer, kColumns };
    explicit RetailRows(CsvRows rows) : rows_(std::move(rows)) {}
    bool take_header();
    [[nodiscard]] const char* understand(RetailRow& row) const;

    CsvRows rows_;
    std::array<std::size_t, kColumns> places_{0, 1, 2, 3, 4, 5, 6};
    std::vector<std::string> fields_;
    OddRows odd_;
};

// "-12.5" with `decimals` 4 is -125000; further digits are rounded. Nothing for anything else or too large.
[[nodiscard]] std::optional<std::int64_t> exact_decimal(std::string_view text, int decimals);
// Either form above, as UTC.
[[nodiscard]] std::optional<WallTime> retail_time(std::string_view text);

}  // namespace tillkeeper::till
