#include "agent/contract/transaction.h"

#include <gmock/gmock.h>

namespace tillkeeper::agent {
namespace {

using storage::EntryKind;

const std::string kSale = R"({
  "id": "0193485e-7a3c-7c1e-9d59-8a4f2f1b6c01", "type": "sale", "till_sequence": 48211,
  "occurred_at": "2026-11-20T10:42:07.120+01:00", "business_day": "2026-11-20", "currency": "EUR", "receipt": "0042-07-48211",
  "lines": [ {"sku": "85123A", "description": "white hanging heart", "quantity": 6, "unit_price": 255, "amount": 1530} ],
  "tenders": [ {"type": "card", "amount": 1530} ], "total": 1530, "member_id": "17850", "extra": {"kept": 1.5}
})";

std::string with(std::string from, std::string to) {
    std::string sale = kSale;
    sale.replace(sale.find(from), from.size(), to);
    return sale;
}

// [agent-17] A till asks for points; it does not say that they are spent.
TEST(Transaction, TheAgentsOwnTypesAreQuarantined) {
    for (const char* type : {"redemption", "redemption_voided", "lease_returned", "member_attached"}) {
        const auto examined = examine_transaction(
            "t1", R"({"id":"a","type":")" + std::string(type) +
                      R"(","till_sequence":1,"occurred_at":"2026-11-20T10:42:07Z","member_id":"1","points":5})");
        EXPECT_EQ(examined.entry.kind, storage::EntryKind::kQuarantined) << type;
        ASSERT_FALSE(examined.problems.empty());
        EXPECT_EQ(examined.problems[0].pointer, "/type");
    }
}

TEST(Transaction, OfTheContractIsUnderstood) {
    const auto examined = examine_transaction("till-1", kSale);
    EXPECT_FALSE(examined.refusal);
    EXPECT_TRUE(examined.problems.empty());
    const auto& entry = examined.entry;
    EXPECT_EQ(entry.kind, EntryKind::kTransaction);
    EXPECT_EQ(entry.till, "till-1");
    EXPECT_EQ(entry.transaction_id, "0193485e-7a3c-7c1e-9d59-8a4f2f1b6c01");
    EXPECT_EQ(entry.till_sequence, 48211);
    EXPECT_EQ(entry.type, "sale");
    EXPECT_EQ(entry.receipt, "0042-07-48211");
    EXPECT_EQ(entry.business_day, "2026-11-20");
    EXPECT_EQ(entry.body, kSale) << "exactly the bytes that arrived";
}

TEST(Transaction, NeedsOnlyFourMembers) {
    const auto examined = examine_transaction(
        "t", R"({"id":"a","type":"till_opened","till_sequence":0,"occurred_at":"2026-11-20T10:42:07Z"})");
    EXPECT_TRUE(examined.problems.empty());
    EXPECT_EQ(examined.entry.kind, EntryKind::kTransaction);
}

struct Quarantined {
    std::string from, to, type, pointer;
};

// What happened in the world is never refused for its content. [agent-2]
TEST(Transaction, WithFaultsIsQuarantinedAndSaysWhere) {
    const std::vector<Quarantined> cases{
        {R"("id": "0193485e-7a3c-7c1e-9d59-8a4f2f1b6c01", )", "", "missing-member", ""},
        {R"("0193485e-7a3c-7c1e-9d59-8a4f2f1b6c01")", "\"a b\"", "unusable-member", "/id"},
        {R"("0193485e-7a3c-7c1e-9d59-8a4f2f1b6c01")", "17", "unusable-member", "/id"},
        {R"("type": "sale", )", "", "missing-member", ""},
        {R"("sale")", R"("")", "unusable-member", "/type"},
        {R"("till_sequence": 48211,)", "", "missing-member", ""},
        {"48211,", "-1,", "unusable-member", "/till_sequence"},
        {"48211,", "1.5,", "unusable-member", "/till_sequence"},
        {"48211,", "\"1\",", "unusable-member", "/till_sequence"},
        {"2026-11-20T10:42:07.120+01:00", "yesterday", "unusable-member", "/occurred_at"},
        {R"("business_day": "2026-11-20")", R"("business_day": "2026-13-20")", "unusable-member", "/business_day"},
        {R"("EUR")", R"("Euro")", "currency", "/currency"},
        {R"("total": 1530)", R"("total": 1531)", "totals", "/lines"},
        {R"("card", "amount": 1530)", R"("card", "amount": 1000)", "totals", "/tenders"},
        {R"("total": 1530)", R"("total": 15.30)", "not-money", "/total"},
        {R"("unit_price": 255)", R"("unit_price": 2.55)", "not-money", "/lines/0/unit_price"},
        {R"("quantity": 6)", R"("quantity": 0.1234)", "not-a-quantity", "/lines/0/quantity"},
        {R"("lines": [ {"sku": "85123A", "description": "white hanging heart", "quantity": 6, "unit_price": 255, "amount": 1530} ])",
         R"("lines": 3)", "unusable-member", "/lines"},
        {R"("member_id": "17850")", R"("member_id": 17850)", "unusable-member", "/member_id"},
        {R"("kept": 1.5)", R"("kept": 9007199254740993)", "inexact-number", "/extra/kept"},
        {R"("kept": 1.5)", R"("kept": 1, "kept": 2)", "repeated-member", "/extra/kept"},
        {"white hanging heart", "white\\u0000heart", "nul-character", "/lines/0/description"},
    };
    for (const auto& c : cases) {
        const auto examined = examine_transaction("till-1", with(c.from, c.to));
        EXPECT_FALSE(examined.refusal) << c.to;
        ASSERT_FALSE(examined.problems.empty()) << c.to;
        EXPECT_EQ(examined.problems.front().type, c.type) << c.to;
        EXPECT_EQ(examined.problems.front().pointer, c.pointer) << c.to;
        EXPECT_EQ(examined.entry.kind, EntryKind::kQuarantined);
        EXPECT_TRUE(is_transaction_id(examined.entry.transaction_id)) << examined.entry.transaction_id;
        EXPECT_THAT(examined.entry.problems, testing::StartsWith(R"([{"type":"urn:tillkeeper:problem:)" + c.type));
    }
}

TEST(Transaction, WithoutUsableIdGetsOneThatAResendGetsToo) {
    const auto body = R"({"type":"sale"})";
    const auto first = examine_transaction("t", body).entry.transaction_id;
    EXPECT_EQ(first, examine_transaction("t", body).entry.transaction_id);
    EXPECT_NE(first, examine_transaction("t", R"({"type":"void"})").entry.transaction_id);
    EXPECT_FALSE(examine_transaction("t", body).id) << "the answer carries null";
}

Refusal refusal_of(std::string payload) {
    const auto examined = examine_transaction("till-1", std::move(payload));
    EXPECT_TRUE(examined.refusal);
    EXPECT_FALSE(examined.problems.empty());
    return examined.refusal.value_or(Refusal::kBusy);
}

TEST(Transaction, IsRefusedOnlyWhenItIsNoneOrMustNotBeStored) {
    EXPECT_EQ(refusal_of("sale!"), Refusal::kMalformed);
    EXPECT_EQ(refusal_of(""), Refusal::kMalformed);
    EXPECT_EQ(refusal_of("[1]"), Refusal::kMalformed);
    EXPECT_EQ(refusal_of("null"), Refusal::kMalformed);
    EXPECT_EQ(refusal_of("{\"id\":\"\xFF\"}"), Refusal::kMalformed);
    EXPECT_EQ(refusal_of(kSale + std::string(1, '\0')), Refusal::kMalformed);
    EXPECT_EQ(refusal_of(std::string(10'000, '[') + std::string(10'000, ']')), Refusal::kMalformed);
    EXPECT_EQ(refusal_of("{\"x\":" + std::string(10'000, '[') + std::string(10'000, ']') + '}'), Refusal::kMalformed);
    EXPECT_EQ(refusal_of(with("white hanging heart", std::string(300 * 1024, 'x'))), Refusal::kTooLarge);
    EXPECT_EQ(refusal_of(with("white hanging heart", "card 4111 1111 1111 1111")), Refusal::kContainsCardNumber);
}

// [agent-10]
TEST(Transaction, RefusalForACardNumberRepeatsItNeitherAsIdNorInAPointer) {
    const auto as_id = examine_transaction("t", with("0193485e-7a3c-7c1e-9d59-8a4f2f1b6c01", "4111111111111111"));
    EXPECT_EQ(as_id.refusal, Refusal::kContainsCardNumber);
    EXPECT_FALSE(as_id.id);
    const auto as_name = examine_transaction("t", with("description", "4111111111111111"));
    ASSERT_EQ(as_name.problems.size(), 1U);
    EXPECT_EQ(as_name.problems[0].pointer, "/lines/0");
}

TEST(Transaction, RefusalForACardNumberSaysWhereAndNotWhat) {
    const auto examined = examine_transaction("t", with("white hanging heart", "4111111111111111"));
    EXPECT_EQ(examined.id, "0193485e-7a3c-7c1e-9d59-8a4f2f1b6c01");
    ASSERT_EQ(examined.problems.size(), 1U);
    EXPECT_EQ(examined.problems[0].pointer, "/lines/0/description");
    EXPECT_THAT(to_json(examined.problems), testing::Not(testing::HasSubstr("4111111111111111")));
}

TEST(Transaction, TheLargestReceiptFits) {
    std::string lines;
    for (int i = 0; i < 1114; ++i)
        lines +=
            (i > 0 ? "," : "") +
            std::string(
                R"({"sku":"85123A","description":"WHITE HANGING HEART T-LIGHT HOLDER","quantity":1,"unit_price":295,"amount":295})");
    const auto body = R"({"id":"a","type":"sale","till_sequence":1,"occurred_at":"2026-11-20T10:42:07Z","lines":[)" +
                      lines + "],\"total\":" + std::to_string(1114 * 295) + '}';
    ASSERT_LT(body.size(), kTransactionBytesMax);
    EXPECT_TRUE(examine_transaction("t", body).problems.empty());
}

// [agent-2]
TEST(Transaction, HalfACharacterIsQuarantinedWithAllThatCanBeRead) {
    for (const char* half : {"\\ud800", "\\udc00 x", "\\ud800\\ud83d\\ude00", "\\\\\\ud800\\u0041"}) {
        const auto examined = examine_transaction("till-1", with("white hanging", half));
        EXPECT_FALSE(examined.refusal) << half;
        EXPECT_EQ(examined.entry.kind, EntryKind::kQuarantined) << half;
        EXPECT_EQ(examined.id, "0193485e-7a3c-7c1e-9d59-8a4f2f1b6c01");
        ASSERT_EQ(examined.problems.size(), 1U);
        EXPECT_EQ(examined.problems[0].pointer, "/lines/0/description");
    }
    EXPECT_TRUE(examine_transaction("till-1", with("white hanging", "\\ud83d\\ude00 \\\\ud800")).problems.empty());
}

// [agent-2]
TEST(Transaction, ANumberLongerThanOurReaderTakesIsQuarantined) {
    const auto examined = examine_transaction("till-1", with("1.5}", "0." + std::string(100, '1') + "}"));
    EXPECT_FALSE(examined.refusal);
    EXPECT_EQ(examined.entry.kind, EntryKind::kQuarantined);
}

TEST(Transaction, AnIdThatReadersDisagreeOnIsNone) {
    for (const auto& text : {with("\"type\"", "\"id\": \"other\", \"type\""), with("0193485e", "0193485e\\u0000")}) {
        const auto examined = examine_transaction("till-1", text);
        EXPECT_EQ(examined.entry.kind, EntryKind::kQuarantined);
        EXPECT_FALSE(examined.id);
        EXPECT_TRUE(examined.entry.transaction_id.starts_with("unidentified:"));
    }
}

}  // namespace
}  // namespace tillkeeper::agent
