// What the store knows better than its copies: its own receipts, pieces sold, points spent, orders handed out.
#include <gmock/gmock.h>

#include "agent/contract/order_pot.h"
#include "agent/lookups/lookup_desk.h"
#include "agent/lookups/own_movements.h"
#include "tests/agent/lookups/lookup_store.h"

namespace tillkeeper::agent {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kLines = R"(,"receipt":"R-1","lines":[{"sku":"A","quantity":3,"amount":30}])";

class OwnKnowledgeTest : public testing::Test {
  protected:
    std::string stock(const std::string& sku = "A") {
        return store_.ask("stock", R"({"request_id":"r","key":")" + sku + "\"}");
    }
    void read_journal() {
        movements_.wake();
        store_.loop.run_until_idle();
    }

    LookupStore store_;
    storage::JournalNumber erp_ = 0;
    OwnMovements movements_{store_.configs,
                            {*store_.reader, store_.mirrors, store_.loop, [this](const auto&) { return erp_; }}};
};

// [agent-15]
TEST_F(OwnKnowledgeTest, ReceiptsTellWhatCameBack) {
    store_.sell("sale", "s-1", kLines);
    const std::string by_receipt = R"({"request_id":"r","by":{"receipt":"R-1"}})";
    EXPECT_THAT(store_.ask("transactions", by_receipt),
                AllOf(HasSubstr(R"("outcome":"found","source":"mirror","as_of":"2026-11-20T10:00:00Z","stale":false)"),
                      HasSubstr(R"("quantity":3,"amount":30,"returned":0)"), HasSubstr(R"("voided":false)")));
    store_.sell("return", "b-1", R"(,"refers_to":"s-1","lines":[{"sku":"A","quantity":-1,"amount":-10}])");
    store_.sell("return", "b-2", R"(,"refers_to":"s-1","lines":[{"sku":"A","quantity":-1,"amount":-10}])");
    store_.sell("void", "v-1", R"(,"refers_to":"b-2")");
    for (const std::string& by : {by_receipt, std::string(R"({"request_id":"r","by":{"id":"s-1"}})"),
                                  std::string(R"({"request_id":"r","key":"s-1"})")})
        EXPECT_THAT(store_.ask("transactions", by), HasSubstr(R"("amount":30,"returned":1})")) << by;
    EXPECT_THAT(store_.ask("transactions", R"({"request_id":"r","key":"b-2"})"), HasSubstr(R"("voided":true)"));
    EXPECT_THAT(store_.ask("transactions", R"({"request_id":"r","key":"R-1"})"), HasSubstr(R"("outcome":"not_found")"));
    EXPECT_TRUE(store_.keeper.kept.empty());
}

// [agent-15] A till that returns one sale for ever must not make look-ups slow; nor may too little be told as returned.
TEST_F(OwnKnowledgeTest, WhatIsReturnedTooOftenIsNotCountedWrong) {
    store_.sell("sale", "s-1", kLines);
    for (int i = 0; i < 90; ++i)
        store_.sell("return", "b-" + std::to_string(i), R"(,"refers_to":"s-1","lines":[{"sku":"A","amount":-1}])");
    const std::string by_id = R"({"request_id":"r","key":"s-1"})";
    EXPECT_THAT(store_.ask("transactions", by_id), HasSubstr(R"("returned":90})"));
    for (int i = 90; i < 210; ++i)
        store_.sell("return", "b-" + std::to_string(i), R"(,"refers_to":"s-1","lines":[{"sku":"A","amount":-1}])");
    EXPECT_THAT(store_.ask("transactions", by_id), HasSubstr(R"("problem":"busy")"));
    store_.sell("sale", "s-2", kLines);
    EXPECT_THAT(store_.ask("transactions", R"({"request_id":"r","by":{"receipt":"R-1"}})"),
                AllOf(HasSubstr(R"("record":{"id":"s-2")"), Not(HasSubstr("s-1")), HasSubstr(R"("more":true)")));
}

// [agent-72]
TEST_F(OwnKnowledgeTest, AReceiptTellsWhereItIs) {
    store_.destinations.resize(2);
    store_.destinations[0].name = "erp";
    store_.destinations[1].name = "crm";
    store_.destinations[1].types = {"loyalty"};
    const auto number = store_.sell("sale", "s-1", kLines);
    const std::string by_receipt = R"({"request_id":"r","by":{"receipt":"R-1"}})";
    EXPECT_THAT(store_.ask("transactions", by_receipt),
                HasSubstr(R"("delivery":{"safe_since":"2026-11-20T10:00:00Z","destinations":)"
                          R"({"erp":{"state":"waiting"},"crm":{"state":"not_sent"}}})"));
    const storage::Progress taken{
        .destination = "erp", .hold = {}, .delivered = {}, .booked = {{"erp", number, "SO-17"}}, .cursor = number};
    ASSERT_TRUE(store_.journal->commit({}, {&taken, 1}));
    EXPECT_THAT(store_.ask("transactions", by_receipt),
                HasSubstr(R"({"erp":{"state":"delivered","document":"SO-17"},)"));
    store_.sell("sale", "s-2", kLines);
    EXPECT_THAT(
        store_.ask("transactions", by_receipt),
        HasSubstr(R"("deliveries":[{"safe_since":"2026-11-20T10:00:00Z","destinations":{"erp":{"state":"waiting"})"));
}

TEST_F(OwnKnowledgeTest, AReceiptOfTwoTransactionsTellsBoth) {
    store_.sell("sale", "s-1", kLines);
    store_.sell("sale", "s-2", kLines);
    store_.sell("sale", "s-3", R"(,"receipt":"R-1","total":7,"lines":[{"amount":8}])");  // quarantined
    EXPECT_THAT(store_.ask("transactions", R"({"request_id":"r","by":{"receipt":"R-1"}})"),
                AllOf(HasSubstr(R"("records":[{"id":"s-3")"), HasSubstr(R"({"id":"s-2")"), HasSubstr(R"({"id":"s-1")"),
                      HasSubstr(R"("more":false)")));
}

// [agent-15] Pieces sold, not yet known to the cloud, are taken off; what came back is there again.
TEST_F(OwnKnowledgeTest, StockIsLessWhatWasSold) {
    store_.sell("sale", "s-1", kLines);
    erp_ = store_.sell("sale", "s-2", kLines);
    store_.sell("sale", "s-3", kLines);
    store_.sell("sale", "s-4", R"(,"lines":[{"sku":"A","quantity":0.5,"amount":5}])");
    store_.sell("return", "b-1", R"(,"lines":[{"sku":"A","quantity":1,"amount":-10}])");
    store_.sell("sale", "s-5", R"(,"total":1,"lines":[{"sku":"A","quantity":50,"amount":5}])");  // quarantined
    store_.pull("stock", {{.key = "A", .body = R"({"sku":"A","quantity":10})"}}, {}, erp_);
    read_journal();
    EXPECT_THAT(stock(), HasSubstr(R"("record":{"sku":"A","quantity":7.5})"));
    store_.sell("void", "v-1", R"(,"refers_to":"s-3")");
    read_journal();
    EXPECT_THAT(stock(), HasSubstr(R"("quantity":10.5)"));
    // The cloud has heard of all of it by the next pull.
    erp_ = 7;
    store_.pull("stock", {{.key = "A", .body = R"({"sku":"A","quantity":10.5})"}}, {}, erp_);
    movements_.pulled("stock");
    EXPECT_THAT(stock(), HasSubstr(R"("quantity":10.5)"));
    EXPECT_EQ(store_.mirrors.moved("stock", "A", 0), 0);
}

TEST_F(OwnKnowledgeTest, MovementsAreReadOnceAndInSlices) {
    for (int i = 0; i < 450; ++i) store_.sell("sale", "s-" + std::to_string(i), kLines);
    EXPECT_TRUE(movements_.step().value());
    EXPECT_EQ(store_.mirrors.movements_read().value(), 200);
    read_journal();
    EXPECT_EQ(store_.mirrors.movements_read().value(), 450);
    EXPECT_EQ(store_.mirrors.moved("stock", "A", 0), 450 * 3000);
    OwnMovements restarted(store_.configs,
                           {*store_.reader, store_.mirrors, store_.loop, [](const auto&) { return 0; }});
    EXPECT_FALSE(restarted.step().value());
    EXPECT_EQ(store_.mirrors.moved("stock", "A", 0), 450 * 3000);
}

TEST_F(OwnKnowledgeTest, AStoreThatBeginsDoesNotReadWhatTheCloudsHave) {
    for (int i = 0; i < 10; ++i) erp_ = store_.sell("sale", "s-" + std::to_string(i), kLines);
    store_.sell("sale", "new", kLines);
    read_journal();
    EXPECT_EQ(store_.mirrors.moved("stock", "A", 0), 3000);
}

TEST_F(OwnKnowledgeTest, ACollectionThatKnowsNoDeliveriesIsToldAsItIs) {
    store_.configs[2].knows_deliveries_of = "";
    store_.pull("stock", {{.key = "A", .body = R"({"sku":"A","quantity":10})"}});
    ASSERT_TRUE(store_.mirrors.add_movement("stock", "A", 1, 3000));
    EXPECT_THAT(stock(), HasSubstr(R"("quantity":10})"));
}

TEST_F(OwnKnowledgeTest, PointsAreLessWhatWasSpent) {
    store_.sell("redemption", "p-1", R"(,"member_id":"17850","points":100)");
    store_.sell("redemption", "p-2", R"(,"member_id":"17850","points":40)");
    store_.sell("redemption_voided", "p-3", R"(,"member_id":"17850","points":40)");
    store_.sell("redemption", "p-4", R"(,"member_id":"17850","points":40,"lease":"L-1")");
    read_journal();
    store_.pull("members", {LookupStore::row("members", "17850", R"({"member_id":"17850","points":1240})")});
    EXPECT_THAT(store_.ask("members", R"({"request_id":"r","key":"17850"})"), HasSubstr(R"("points":1100})"));
}

// [agent-15]
TEST_F(OwnKnowledgeTest, OrdersTellWhetherTheyWereHandedOut) {
    const auto order = [&](const std::string& id) {
        return store_.ask("orders", R"({"request_id":"r","key":")" + id + "\"}");
    };
    std::vector<storage::MirrorRow> rows;
    for (const char* id : {"o-1", "o-2", "o-3"})
        rows.push_back({.key = id, .body = R"({"order_id":")" + std::string(id) + "\"}"});
    store_.pull("orders", rows);
    store_.sell("order_collected", "c-1", R"(,"refers_to":"o-1")");
    store_.sell("order_collected", "c-2", "", {{.pot = order_pot("o-2"), .amount = 1, .limit = 1}});
    EXPECT_THAT(order("o-1"), HasSubstr(R"("record":{"order_id":"o-1","handed_out_here":true})"));
    EXPECT_THAT(order("o-2"), HasSubstr(R"("handed_out_here":true)"));
    EXPECT_THAT(order("o-3"), HasSubstr(R"("handed_out_here":false)"));
    EXPECT_THAT(order_pot("o-1"), AllOf(testing::StartsWith("order:"), Not(HasSubstr("o-1"))));
}

// [agent-15]
TEST_F(OwnKnowledgeTest, PricesAreChosenFromTheCopy) {
    const auto row = [](const std::string& key, const std::string& more) {
        return LookupStore::row("prices", key,
                                R"({"sku":"A","price_id":")" + key + R"(","currency":"EUR")" + more + "}");
    };
    store_.pull("prices", {row("p-1", ""), row("p-2", R"(,"customer_group":"staff")"),
                           row("p-3", R"(,"valid_from":"2026-12-01")")});
    const auto price = [&](const std::string& more) {
        return store_.ask("prices", R"({"request_id":"r","by":{"sku":"A"})" + more + "}");
    };
    EXPECT_THAT(price(""), AllOf(HasSubstr("p-1"), Not(HasSubstr("records"))));
    EXPECT_THAT(price(R"(,"customer_group":"staff")"), HasSubstr("p-2"));
    EXPECT_THAT(price(R"(,"at":"2026-12-24T00:00:00Z","currency":"EUR")"), HasSubstr("p-3"));
    EXPECT_THAT(price(R"(,"currency":"USD")"), HasSubstr(R"("outcome":"not_found")"));
    EXPECT_THAT(store_.ask("prices", R"({"request_id":"r","key":"p-3"})"), HasSubstr("p-3"));
}

}  // namespace
}  // namespace tillkeeper::agent
