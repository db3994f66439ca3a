// What is made of records: members changed in place, prices chosen, what came back counted.
#include <gmock/gmock.h>

#include "agent/lookups/own_movements.h"
#include "agent/lookups/prices.h"
#include "agent/lookups/receipts.h"
#include "agent/lookups/record_text.h"

namespace tillkeeper::agent {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(RecordText, ChangesOneMember) {
    EXPECT_EQ(with_member(R"({"a":1,"b":{"a":2}})", "a", "7"), R"({"a":7,"b":{"a":2}})");
    EXPECT_EQ(with_member(R"({ "b" : [1, 2] })", "a", "7"), R"({"b":[1, 2],"a":7})");
    EXPECT_EQ(with_member("{}", "a", "7"), R"({"a":7})");
    EXPECT_EQ(with_member(R"({"\u0061":1,"a":2})", "a", "7"), R"({"\u0061":7})");
}

TEST(RecordText, CountsInThousandths) {
    EXPECT_EQ(thousandths("12.385"), 12385);
    EXPECT_EQ(thousandths("-0.5"), -500);
    EXPECT_EQ(thousandths("1e2"), 100000);
    for (const char* text : {"", "\"1\"", "null", "1e300", "1000000001", "true"})
        EXPECT_EQ(thousandths(text), std::nullopt) << text;
    for (const char* text : {"0", "7", "-7", "0.5", "-0.001", "12.38"})
        EXPECT_EQ(from_thousandths(*thousandths(text)), text);
}

class Prices : public testing::Test {
  protected:
    static WallTime at(const std::string& time) { return parse_rfc3339(time).value(); }
    [[nodiscard]] std::string chosen(const PriceQuestion& question) const {
        const auto which = choose_price(prices_, question);
        return which ? text_member(prices_[*which], "id") : "none";
    }

    std::vector<std::string> prices_{
        R"({"id":"general","currency":"EUR"})",
        R"({"id":"winter","currency":"EUR","valid_from":"2026-11-01","valid_to":"2026-11-30"})",
        R"({"id":"staff","currency":"EUR","customer_group":"staff"})",
        R"({"id":"staff-week","currency":"EUR","customer_group":"staff","valid_from":"2026-11-16T00:00:00+01:00","valid_to":"2026-11-21T18:00:00+01:00"})",
        R"({"id":"dollars","currency":"USD","customer_group":null})",
        R"({"id":"broken","currency":"EUR","valid_from":"soon"})"};
};

// [agent-15] The customer's group before everybody's, then the latest that has begun.
TEST_F(Prices, AreChosen) {
    EXPECT_EQ(chosen({"EUR", "", at("2026-10-31T23:59:59Z")}), "general");
    EXPECT_EQ(chosen({"EUR", "", at("2026-11-01T00:00:00Z")}), "winter");
    EXPECT_EQ(chosen({"EUR", "", at("2026-11-30T23:59:59Z")}), "winter");
    EXPECT_EQ(chosen({"EUR", "", at("2026-12-01T00:00:00Z")}), "general");
    EXPECT_EQ(chosen({"EUR", "staff", at("2026-11-01T00:00:00Z")}), "staff");
    EXPECT_EQ(chosen({"EUR", "staff", at("2026-11-20T10:00:00Z")}), "staff-week");
    EXPECT_EQ(chosen({"EUR", "staff", at("2026-11-21T17:00:00Z")}), "staff");
    EXPECT_EQ(chosen({"EUR", "others", at("2026-11-20T10:00:00Z")}), "winter");
    EXPECT_EQ(chosen({"USD", "staff", at("2026-11-20T10:00:00Z")}), "dollars");
    EXPECT_EQ(chosen({"CHF", "", at("2026-11-20T10:00:00Z")}), "none");
    EXPECT_FALSE(choose_price({}, {"EUR", "", at("2026-11-20T10:00:00Z")}));
}

// [agent-15]
TEST(Returned, IsCountedPerLine) {
    const std::string sale =
        R"({"id":"a","lines":[{"sku":"A","quantity":2},{"sku":"B","quantity":1.5},{"sku":"A","quantity":3},{"amount":7}]})";
    EXPECT_EQ(with_returned(sale, {}, false),
              R"({"id":"a","lines":[{"sku":"A","quantity":2,"returned":0},{"sku":"B","quantity":1.5,"returned":0},)"
              R"({"sku":"A","quantity":3,"returned":0},{"amount":7,"returned":0}],"voided":false})");
    const std::vector<std::string> returns{
        R"({"type":"return","lines":[{"sku":"A","quantity":-3},{"sku":"C","quantity":9}]})",
        R"({"type":"exchange","lines":[{"sku":"B","quantity":-0.5},{"sku":"A","quantity":4}]})"};
    EXPECT_EQ(with_returned(sale, returns, true),
              R"({"id":"a","lines":[{"sku":"A","quantity":2,"returned":2},{"sku":"B","quantity":1.5,"returned":0.5},)"
              R"({"sku":"A","quantity":3,"returned":1},{"amount":7,"returned":0}],"voided":true})");
    // More than was sold: it is told, not hidden.
    const std::vector<std::string> all{R"({"type":"return","lines":[{"sku":"A","quantity":7}]})"};
    EXPECT_EQ(with_returned(R"({"lines":[{"sku":"A","quantity":2}]})", all, false),
              R"({"lines":[{"sku":"A","quantity":2,"returned":7}],"voided":false})");
    EXPECT_EQ(with_returned(R"({"lines":[7],"returned":1})", all, false),
              R"({"lines":[7],"returned":1,"voided":false})");
    EXPECT_EQ(with_returned(R"({"id":"b"})", all, false), R"({"id":"b","voided":false})");
}

TEST(Moved, IsWhatLeftTheStore) {
    const std::string lines =
        R"({"lines":[{"sku":"A","quantity":2},{"sku":"A"},{"sku":"B","quantity":-0.5},{"quantity":9},{"sku":7}]})";
    EXPECT_THAT(moved_stock("sale", lines), ElementsAre(Pair("A", 3000), Pair("B", -500)));
    EXPECT_THAT(moved_stock("exchange", lines), ElementsAre(Pair("A", 3000), Pair("B", -500)));
    EXPECT_THAT(moved_stock("return", lines), ElementsAre(Pair("A", -3000), Pair("B", -500)));
    EXPECT_THAT(moved_stock("till_opened", lines), ElementsAre());
    EXPECT_THAT(moved_stock("sale", "{"), ElementsAre());
    std::string many = R"({"lines":[{"sku":"A"})";
    for (int i = 0; i < 9000; ++i) many += R"(,{"sku":"A","quantity":1e9})";
    EXPECT_THAT(moved_stock("sale", many + "]}"), ElementsAre(Pair("A", 1'000'000'000'000)));
    for (const char* points : {"0", "-5", "1000000001", "9223372036854775808"})
        EXPECT_THAT(moved_points("redemption", R"({"member_id":"17850","points":)" + std::string(points) + "}"),
                    ElementsAre());
    EXPECT_THAT(moved_points("redemption", R"({"member_id":"17850","points":100})"), ElementsAre(Pair("17850", 100)));
    EXPECT_THAT(moved_points("redemption_voided", R"({"member_id":"17850","points":100})"), ElementsAre())
        << "it was never approved";
    EXPECT_THAT(moved_points("redemption", R"({"member_id":"17850","points":100,"lease":"L-1"})"), ElementsAre())
        << "what is leased has left the balance before";
    EXPECT_THAT(moved_points("redemption", R"({"member_id":"17850","points":"many"})"), ElementsAre());
    EXPECT_THAT(moved_points("sale", R"({"member_id":"17850","points":100})"), ElementsAre());
}

}  // namespace
}  // namespace tillkeeper::agent
