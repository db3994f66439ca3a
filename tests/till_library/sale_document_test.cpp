// A sale becomes the contract's JSON, and what comes back is read: no I/O.
#include "till/sale_document.h"

#include <gtest/gtest.h>

#include "till/reply.h"

namespace tillkeeper::pos {
namespace {

Sale good_sale() {
    Sale sale;
    sale.id = "a-1";
    sale.occurred_at = "2026-11-20T10:42:07.120+01:00";
    sale.content = R"( {"total": 1530, "lines":[{"sku":"85}{123A"}]} )";
    return sale;
}

// [till-2]
TEST(SaleDocuments, CarryTheCallersMembersUntouched) {
    Sale sale = good_sale();
    sale.business_day = "2026-11-20";
    EXPECT_EQ(to_document(sale, 48211, "0042-07-48211"),
              R"({"id":"a-1","type":"sale","till_sequence":48211,"occurred_at":"2026-11-20T10:42:07.120+01:00",)"
              R"("business_day":"2026-11-20","receipt":"0042-07-48211","total": 1530, "lines":[{"sku":"85}{123A"}]})");
    sale.content = "{ }";
    sale.business_day.clear();
    sale.type = "till_opened";
    EXPECT_EQ(to_document(sale, 0, "r"),
              R"({"id":"a-1","type":"till_opened","till_sequence":0,"occurred_at":"2026-11-20T10:42:07.120+01:00",)"
              R"("receipt":"r"})");
    Settings settings;
    settings.store = "0042";
    settings.till = "07";
    EXPECT_EQ(receipt_of(settings, 48211), "0042-07-48211");
}

TEST(SaleDocuments, WhatTheStoreWouldQuarantineIsToldAtOnce) {
    const auto code = [](auto change) {
        Sale sale = good_sale();
        change(sale);
        const auto document = to_document(sale, 1, sale.receipt.empty() ? "r" : sale.receipt);
        return document ? std::string("taken") : document.error().message;
    };
    EXPECT_EQ(code([](Sale&) {}), "taken");
    for (const char* content : {"", "[]", "{", R"({"a":1}x)", R"({"a":1}{})", "null", R"({"id":"b"})",
                                R"({"till_sequence":1})", R"({"receipt":"x"})", R"({"occurred_at":"x"})"})
        EXPECT_NE(code([&](Sale& sale) { sale.content = content; }), "taken") << content;
    EXPECT_NE(code([](Sale& sale) { sale.content = std::string("{\"a\":\"\0\"}", 10); }), "taken");
    EXPECT_NE(code([](Sale& sale) { sale.id = "a b"; }), "taken");
    EXPECT_NE(code([](Sale& sale) { sale.id = std::string(65, 'a'); }), "taken");
    EXPECT_NE(code([](Sale& sale) { sale.type = ""; }), "taken");
    EXPECT_NE(code([](Sale& sale) { sale.occurred_at = "yesterday"; }), "taken");
    EXPECT_NE(code([](Sale& sale) { sale.business_day = "20.11.2026"; }), "taken");
    EXPECT_NE(code([](Sale& sale) { sale.receipt = "a\"b"; }), "taken");
    const std::string padding(kDocumentBytesMax - 90, 'x');
    EXPECT_EQ(code([&](Sale& sale) { sale.content = R"({"p":")" + padding.substr(40) + "\"}"; }), "taken");
    EXPECT_NE(code([&](Sale& sale) { sale.content = R"({"p":")" + padding + "\"}"; }), "taken");
    EXPECT_NE(code([&](Sale& sale) { sale.content = std::string(kDocumentBytesMax + 1, ' '); }), "taken");
}

TEST(Replies, AreMatchedByIdAndCorrelationData) {
    const auto accepted = R"({"reply_to":"transaction","id":"a","outcome":"accepted","journal_number":90210})";
    for (const char* correlation : {"", "a"}) {
        const auto reply = read_reply(accepted, correlation);
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->id, "a");
        EXPECT_EQ(reply->outcome, Outcome::kAccepted);
        EXPECT_EQ(reply->journal_number, 90210);
    }
    EXPECT_FALSE(read_reply(accepted, "b")) << "an answer to another sale settles this one";
    const auto unread =
        read_reply(R"({"reply_to":"transaction","id":null,"outcome":"refused","problem":"too_large"})", "b");
    ASSERT_TRUE(unread);
    EXPECT_EQ(unread->id, "b");
    EXPECT_EQ(unread->problem, "too_large");
    EXPECT_FALSE(unread->retry_after);
    const auto busy = read_reply(R"({"reply_to":"transaction","id":"a","outcome":"refused","retry_after_ms":500})", "");
    ASSERT_TRUE(busy);
    EXPECT_EQ(busy->retry_after, std::chrono::milliseconds(500));
    const auto silly =
        read_reply(R"({"reply_to":"transaction","id":"a","outcome":"refused","retry_after_ms":1e300})", "");
    ASSERT_TRUE(silly);
    EXPECT_LE(silly->retry_after, std::chrono::hours(1));
}

TEST(Replies, WhatIsNoAnswerIsNone) {
    for (const char* text : {"", "{", "[]", "7", R"({"reply_to":"lookup","id":"a","outcome":"accepted"})",
                             R"({"reply_to":"transaction","id":"a","outcome":"eaten"})",
                             R"({"reply_to":"transaction","outcome":"accepted"})"})
        EXPECT_FALSE(read_reply(text, "")) << text;
    EXPECT_EQ(state_of(R"({"state":"offline"})"), "offline");
    EXPECT_EQ(state_of("no document"), "");
}

}  // namespace
}  // namespace tillkeeper::pos
