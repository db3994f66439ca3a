// The rules of a transaction's members: which must be there, of what form, and that the totals add up. Reads them in
// passing while the document is scanned, so that nothing is built from it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/contract/json_scan.h"
#include "agent/contract/problem.h"

namespace tillkeeper::agent {

// Texts are "" where missing or unusable (a problem says so where the member is required).
struct TransactionFields {
    bool is_object = false;
    std::optional<std::string> id;  // any text
    std::string type;
    std::optional<std::int64_t> till_sequence;
    std::string occurred_at;
    std::string business_day;
    std::string refers_to;
    std::string receipt;
    std::vector<Problem> problems;  // at most 16
};

class TransactionReader final : public JsonVisitor {
  public:
    void value(const JsonPlace& place, JsonType type, std::string_view text) override;
    // Once, after a scan that succeeded. Of a member given twice the first counts.
    [[nodiscard]] TransactionFields finish();

  private:
    enum Member : std::uint8_t {
        kId,
        kType,
        kTillSequence,
        kOccurredAt,
        kBusinessDay,
        kCurrency,
        kRefersTo,
        kReceipt,
        kMemberId,
        kTotal,
        kLines,
        kTenders,
        kMembers
    };
    struct Seen {
        bool there = false;
        JsonType type = JsonType::kNull;
        std::string text;
    };
    // The amounts of one array, while its elements pass.
    struct Sum {
        std::size_t items = 0;    // elements begun
        bool amount_seen = true;  // of the current element
        bool whole = true;
        double sum = 0;
    };

    void member(std::string_view name, JsonType type, std::string_view text);
    void amount(Member array, const JsonPlace& place, JsonType type, std::string_view text);
    void end_item(Member array);
    void problem(ProblemType type, std::string title, std::string detail, std::string pointer);
    void money_problem(std::string pointer);
    void missing(Member member, std::string form);
    void unusable(Member member, std::string form);
    [[nodiscard]] const std::string* text(Member member) const;

    void identity();
    void times();
    void references();
    void totals();
    void total_of(Member array, double total);

    std::array<Seen, kMembers> seen_;
    Sum lines_;
    Sum tenders_;
    TransactionFields out_;
};

}  // namespace tillkeeper::agent
