// Destinations that booked otherwise than the store: rows that are there before anything counts as settled.
#include "sync/reconciliation.h"

#include <gmock/gmock.h>

#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(Difference, IsReadAsFarAsItGoesAndNeverDropped) {  // [sync-11]
    const auto good = read_difference(R"({"cause":"member_closed","amount":50,"unit":"EUR","detail":"gone"})");
    ASSERT_TRUE(good);
    EXPECT_EQ(good->cause, "member_closed");
    EXPECT_EQ(good->amount, 50);
    EXPECT_EQ(good->unit, "EUR");
    EXPECT_EQ(good->detail, "gone");
    for (const char* text : {"true", "[]", "{}", R"({"cause":"<b>","amount":1e99,"unit":"a b"})", R"({"cause":7})"}) {
        const auto bad = read_difference(text);
        ASSERT_TRUE(bad) << text;
        EXPECT_EQ(bad->cause, "unspecified") << text;
        EXPECT_EQ(bad->amount, 0) << text;
        EXPECT_EQ(bad->unit, "points") << text;
    }
    EXPECT_FALSE(read_difference("null"));
    EXPECT_FALSE(read_difference(""));
}

TEST(Difference, RowsHaveOneNamePerDestinationAndTransaction) {
    EXPECT_EQ(reconciliation_id("crm", "a", "refused"), reconciliation_id("crm", "a", "member_closed"));
    EXPECT_NE(reconciliation_id("crm", "a", "refused"), reconciliation_id("erp", "a", "refused"));
    EXPECT_NE(reconciliation_id("crm", "a", "refused"), reconciliation_id("crm", "a", "taken_after_all"));
}

class ReconciliationTest : public DestinationWorld {
  protected:
    storage::JournalNumber redeem(const std::string& id, int points) {
        storage::Entry entry;
        entry.till = "t1";
        entry.transaction_id = id;
        entry.type = "redemption";
        entry.body =
            R"({"id":")" + id + R"(","type":"redemption","member_id":"17850","points":)" + std::to_string(points) + '}';
        till_of[id] = "t1";
        return journal.append(std::move(entry));
    }
    // Answers batches that contain `id` with one item for each; this one as said.
    void answer(const std::string& id, const std::string& item) {
        fault = [id, item](const auto&, const Received& got) -> std::optional<HttpResponse> {
            if (std::ranges::find(got.ids, id) == got.ids.end()) return {};
            std::string items;
            for (const auto& each : got.ids)
                items += (items.empty() ? R"({"id":")" : R"(,{"id":")") + each + R"(",)" +
                         (each == id ? item : R"("outcome":"delivered")") + '}';
            return fakes::http_answer(200, R"({"items":[)" + items + "]}");
        };
    }
    std::vector<storage::Entry> rows() {
        auto all = journal.read_after(0, {}).value();
        std::erase_if(all, [](const auto& entry) { return entry.type != kReconciliationType; });
        return all;
    }
};

TEST_F(ReconciliationTest, WhatIsBookedOtherwiseBecomesARowThatTravels) {  // [sync-11]
    sell("a");
    redeem("r", 50);
    answer("r",
           R"("outcome":"delivered","difference":{"cause":"balance_too_low","amount":20,"detail":"30 were left"})");
    open();
    run(10 * kSecond);
    ASSERT_THAT(rows(), SizeIs(1));
    const auto row = rows().front();
    EXPECT_EQ(row.refers_to, "r");
    EXPECT_EQ(row.till, "t1");
    EXPECT_THAT(row.body, AllOf(HasSubstr(R"("transaction_type":"redemption","destination":"erp")"),
                                HasSubstr(R"("cause":"balance_too_low","amount":20,"unit":"points")"),
                                HasSubstr(R"("detail":"30 were left","member_id":"17850"})")));
    wake_all();
    run(10 * kSecond);
    EXPECT_THAT(delivered("erp"), testing::Contains(row.transaction_id));
    EXPECT_EQ(journal.cursor("erp"), 3);
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
}

TEST_F(ReconciliationTest, NothingCountsAsSettledBeforeTheRowIsStored) {  // [sync-11]
    redeem("r", 50);
    sell("b");
    answer("r", R"("outcome":"delivered","difference":{"cause":"member_closed","amount":50})");
    journal.full = true;
    open();
    run(60 * kSecond);
    EXPECT_THAT(rows(), IsEmpty());
    EXPECT_EQ(journal.cursor("erp"), 0);
    restart();  // it is sent again, and told again
    journal.full = false;
    run(10 * kSecond);
    EXPECT_THAT(rows(), SizeIs(1));
    EXPECT_EQ(journal.cursor("erp"), 3);
}

TEST_F(ReconciliationTest, ToldAgainItIsTheSameRow) {  // [sync-11]
    redeem("r", 50);
    answer("r", R"("outcome":"delivered","difference":{"cause":"member_closed","amount":50})");
    journal.delay = kHour;  // the cursor is lost with the next program
    open();
    run(10 * kSecond);
    ASSERT_THAT(rows(), SizeIs(1));
    restart();
    answer("r", R"("outcome":"duplicate","difference":{"cause":"member_merged","amount":50})");
    run(10 * kSecond);
    ASSERT_THAT(rows(), SizeIs(1));
    EXPECT_THAT(rows().front().body, HasSubstr("member_closed"));
}

TEST_F(ReconciliationTest, ADifferenceAboutADifferenceIsNone) {
    redeem("r", 50);
    fault = [](const auto&, const Received& got) -> std::optional<HttpResponse> {
        std::string items;
        for (const auto& id : got.ids)
            items += (items.empty() ? R"({"id":")" : R"(,{"id":")") + id +
                     R"(","outcome":"delivered","difference":{"cause":"no","amount":1}})";
        return fakes::http_answer(200, R"({"items":[)" + items + "]}");
    };
    open();
    run(600 * kSecond);
    EXPECT_THAT(rows(), SizeIs(1));
    EXPECT_EQ(journal.cursor("erp"), 2);
}

TEST_F(ReconciliationTest, ARefusedRedemptionIsHeldAndShown_AndTheRowEndsWithARetry) {  // [sync-11]
    const auto number = redeem("r", 50);
    sell("b");
    answer("r", R"("outcome":"rejected","reason":"member 17850 is closed")");
    open();
    run(10 * kSecond);
    ASSERT_THAT(rows(), SizeIs(1));
    EXPECT_THAT(rows().front().body, HasSubstr(R"("cause":"refused","amount":50)"));
    const auto held = journal.rows("erp");
    ASSERT_FALSE(held.empty());
    EXPECT_EQ(held.front().number, number);
    EXPECT_THAT(delivered("erp"), Not(testing::Contains("r")));

    fault = nullptr;
    ASSERT_TRUE(journal.retry("erp", number));
    wake_all();
    run(60 * kSecond);
    ASSERT_THAT(rows(), SizeIs(2));
    EXPECT_THAT(rows().back().body, HasSubstr(R"("cause":"taken_after_all","amount":-50)"));
    EXPECT_THAT(delivered("erp"), testing::Contains("r"));
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
}

TEST_F(ReconciliationTest, TheRowsOfARefusalAndItsEndAddUpToWhatIsTrue) {  // [sync-11]
    const auto number = redeem("r", 50);
    answer("r", R"("outcome":"rejected","reason":"member 17850 is closed")");
    open();
    run(10 * kSecond);
    ASSERT_THAT(rows(), SizeIs(1));

    answer("r",
           R"("outcome":"delivered","difference":{"cause":"balance_too_low","amount":20,"detail":"30 were left"})");
    ASSERT_TRUE(journal.retry("erp", number));
    wake_all();
    run(60 * kSecond);
    ASSERT_THAT(rows(), SizeIs(2));
    EXPECT_THAT(rows().front().body, HasSubstr(R"("cause":"refused","amount":50)"));
    EXPECT_THAT(rows().back().body, HasSubstr(R"("cause":"taken_after_all","amount":-30,)"));
    EXPECT_THAT(rows().back().body, HasSubstr("30 were left"));
}

TEST_F(ReconciliationTest, ARejectedSaleIsHeldAsEver) {
    sell("a");
    answer("a", R"("outcome":"rejected","reason":"unknown article")");
    open();
    run(10 * kSecond);
    EXPECT_THAT(rows(), IsEmpty());
    EXPECT_THAT(journal.rows("erp"), SizeIs(1));
}

TEST_F(ReconciliationTest, AnIdThatATillUsedHidesNoRow) {  // [sync-11]
    sell(reconciliation_id("erp", "r", ""), "t9");
    redeem("r", 50);
    answer("r", R"("outcome":"delivered","difference":{"cause":"member_closed","amount":50})");
    open();
    run(10 * kSecond);
    EXPECT_THAT(rows(), SizeIs(1));
}

}  // namespace
}  // namespace tillkeeper::sync
