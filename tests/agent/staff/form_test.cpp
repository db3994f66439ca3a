// Forms as browsers send them, and a transaction as one.
#include <gmock/gmock.h>

#include "agent/contract/transaction.h"
#include "agent/staff/form.h"
#include "agent/staff/transaction_form.h"

namespace tillkeeper::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(Form, ReadsWhatBrowsersSend) {  // [agent-53]
    EXPECT_THAT(
        read_form("name=J%C3%B6rg+M&pin=482915&%2Flines%2F0=a%0D%0Ab&empty=").value(),
        ElementsAre(Pair("/lines/0", "a\r\nb"), Pair("empty", ""), Pair("name", "Jörg M"), Pair("pin", "482915")));
    EXPECT_TRUE(read_form("").value().empty());
    EXPECT_EQ(field(read_form("a=1").value(), "b"), "");
}

TEST(Form, RefusesWhatNoBrowserSends) {  // [agent-53]
    for (const std::string odd : {"a=%", "a=%1", "a=%zz", "a=%+1", "a=%-1", "a=%00", "a=%ff", "a=%c3", "a=%ed%a0%80",
                                  "a=1&a=2", "a=1&a=1", "=1", "&", "a=1&&b=2", "a=%1b", "%00=1"})
        EXPECT_EQ(read_form(odd).error().code, ErrorCode::kInvalid) << odd;
    std::string many = "f0=";
    for (std::size_t i = 1; i <= kFormFieldsMax; ++i) many += "&f" + std::to_string(i) + '=';
    EXPECT_EQ(read_form(many).error().code, ErrorCode::kLimit);
}

constexpr std::string_view kSale =
    R"({"id":"a-1","type":"sale","till_sequence":1,"occurred_at":"2026-11-20T10:00:00Z","currency":"EUR",)"
    R"("lines":[{"sku":"85123A","description":"heart","quantity":1.5,"amount":100},{"sku":"B","amount":40}],)"
    R"("tenders":[{"type":"cash","amount":150}],"total":150,"x":{"deep":[{"kept":0.1}]},"flag":true})";

FormFields as_sent(std::string_view transaction) {
    FormFields form;
    const auto groups = form_of(transaction).value();
    for (const auto& group : groups)
        for (const auto& each : group.values) form[each.pointer] = each.value;
    return form;
}

TEST(TransactionForm, HasAFieldForEachValueOfTopAndLists) {  // [agent-54]
    const auto form = as_sent(kSale);
    EXPECT_EQ(form.at("/lines/0/amount"), "100");
    EXPECT_EQ(form.at("/lines/0/quantity"), "1.5");
    EXPECT_EQ(form.at("/lines/1/sku"), "B");
    EXPECT_EQ(form.at("/tenders/0/type"), "cash");
    EXPECT_EQ(form.at("/currency"), "EUR");
    EXPECT_FALSE(form.contains("/flag"));
    EXPECT_FALSE(form.contains("/x"));
}

TEST(TransactionForm, UnchangedItSaysTheSame) {  // [agent-54]
    EXPECT_EQ(edited(kSale, as_sent(kSale)).json, kSale);
}

TEST(TransactionForm, NumbersStayNumbersAndTextsTexts) {  // [agent-54]
    auto form = as_sent(kSale);
    form["/lines/1/amount"] = "50";
    form["/lines/0/quantity"] = "1,25";
    form["/lines/0/sku"] = "12";
    const auto json = edited(kSale, form).json;
    EXPECT_THAT(json, HasSubstr(R"("sku":"B","amount":50)"));
    EXPECT_THAT(json, HasSubstr(R"("quantity":1.25)"));
    EXPECT_THAT(json, HasSubstr(R"("sku":"12")"));
    EXPECT_TRUE(examine_transaction("till-1", json).problems.empty());
    for (const auto* odd : {"abc", "1 000", "0x10", "1.2.3", "[1]", "1]", "\"1\"", "1e", "--1", "null"}) {
        form["/total"] = odd;
        EXPECT_THAT(edited(kSale, form).no_numbers, ElementsAre("/total")) << odd;
    }
}

TEST(TransactionForm, WhatTheContractAsksForHasAFieldWhereItIsMissing) {  // [agent-54]
    constexpr std::string_view kBare = R"({"lines":[{"sku":"A"}],"total":"7,00","receipt":7})";
    auto form = as_sent(kBare);
    for (const auto* needed : {"/id", "/type", "/till_sequence", "/occurred_at", "/lines/0/amount"})
        EXPECT_EQ(form.at(needed), "") << needed;
    form["/id"] = "a-1";
    form["/type"] = "sale";
    form["/till_sequence"] = "7";
    form["/occurred_at"] = "2026-11-20T10:00:00Z";
    form["/lines/0/amount"] = "700";
    form["/total"] = "700";
    form["/receipt"] = "R-7";
    const auto repaired = edited(kBare, form);
    EXPECT_TRUE(repaired.no_numbers.empty());
    EXPECT_TRUE(examine_transaction("till-1", repaired.json).problems.empty()) << repaired.json;
}

TEST(TransactionForm, AnEmptiedTopMemberGoes) {  // [agent-54]
    auto form = as_sent(kSale);
    form["/currency"] = "";
    EXPECT_THAT(edited(kSale, form).json, Not(HasSubstr("currency")));
}

TEST(TransactionForm, OfWhatWasGivenTwiceTheFirstStaysAndBrokenCharactersGo) {  // [agent-54]
    const std::string twice = R"({"id":"a-1","type":"sale","type":"void","till_sequence":1,)"
                              R"("occurred_at":"2026-11-20T10:00:00Z","note":"a\u0000b\ud800c"})";
    const auto repaired = edited(twice, as_sent(twice)).json;
    EXPECT_THAT(repaired, HasSubstr(R"("type":"sale")"));
    EXPECT_THAT(repaired, Not(HasSubstr("void")));
    EXPECT_TRUE(examine_transaction("till-1", repaired).problems.empty()) << repaired;
}

TEST(TransactionForm, NamesWithSlashesFindTheirWay) {  // [agent-54]
    const std::string odd = R"({"a/b~c":"old","list":[{"d/e":1}]})";
    auto form = as_sent(odd);
    form.at("/a~1b~0c") = "new";
    form.at("/list/0/d~1e") = "2";
    EXPECT_EQ(edited(odd, form).json, R"({"a/b~c":"new","list":[{"d/e":2}]})");
}

TEST(TransactionForm, WhatIsNoObjectOrTooLongIsLeftToThoseWhoKnowJson) {
    EXPECT_FALSE(form_of("[]"));
    EXPECT_FALSE(form_of("{"));
    EXPECT_FALSE(form_of(""));
    std::string many = R"({"lines":[)";
    for (std::size_t i = 0; i < kFormValuesMax; ++i) many += R"({"amount":1},)";
    EXPECT_FALSE(form_of(many + R"({"amount":1}]})"));
}

}  // namespace
}  // namespace tillkeeper::agent
