// Real sales from a file in the form of UCI Online Retail: one invoice is one transaction.
//
// An invoice whose lines are scattered over the file is still one. Invoices go to the tills in turn, in the order in
// which they are complete. `C` before the number makes it a return. Money is integer arithmetic throughout.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/till/retail_rows.h"
#include "tests/till/sales_source.h"

namespace tillkeeper::till {

struct RetailOptions {
    std::string path;
    std::size_t tills = 8;
    std::int64_t sales_max = -1;  // the first so many invoices; -1: all
    std::uint64_t seed = 1;       // of the transactions' ids
};

class RetailCsv final : public SalesSource {
  public:
    // Reads the file once to learn which lines belong together. Errors as of CsvRows.
    [[nodiscard]] static Result<RetailCsv> open(RetailOptions options);

    [[nodiscard]] std::optional<Transaction> next(std::size_t till) override;

    [[nodiscard]] std::int64_t invoices() const { return static_cast<std::int64_t>(lines_left_.size()); }
    // Of the whole file.
    [[nodiscard]] const OddRows& odd() const { return odd_; }

  private:
    RetailCsv(RetailOptions options, RetailRows rows);
    [[nodiscard]] bool read_on();
    void hand_out(Transaction transaction);

    RetailOptions options_;
    RetailRows rows_;
    OddRows odd_;
    std::unordered_map<std::string, std::int64_t> lines_left_;  // per invoice, not yet read
    std::int64_t invoices_left_ = 0;
    std::unordered_map<std::string, Transaction> open_;
    std::vector<std::deque<Transaction>> waiting_;  // per till
    std::vector<std::int64_t> sequences_;           // per till
    std::size_t turn_ = 0;
};

}  // namespace tillkeeper::till
