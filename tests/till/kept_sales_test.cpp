#include "tests/till/kept_sales.h"

#include <gtest/gtest.h>

#include <vector>

namespace tillkeeper::till {
namespace {

using std::chrono::seconds;
constexpr Duration kTimeout = seconds(2);
constexpr MonotonicTime kStart{seconds(100)};

KeptSales with_sales(std::size_t window, int count) {
    KeptSales kept(window, kTimeout);
    for (int i = 1; i <= count; ++i)
        kept.add({.id = std::to_string(i), .body = "body " + std::to_string(i), .business_day = {}});
    return kept;
}

std::vector<std::string> all_due(KeptSales& kept, MonotonicTime now) {
    std::vector<std::string> ids;
    while (const auto* sale = kept.take_due(now)) ids.push_back(sale->id);
    return ids;
}

using Ids = std::vector<std::string>;

TEST(KeptSales, HandsOverInOrderWithinTheWindow) {
    auto kept = with_sales(2, 4);
    EXPECT_EQ(all_due(kept, kStart), (Ids{"1", "2"}));
    EXPECT_FALSE(kept.has_room());
    EXPECT_TRUE(kept.settle("1"));
    EXPECT_EQ(all_due(kept, kStart), (Ids{"3"}));
    EXPECT_EQ(kept.waiting(), 3U);
}

TEST(KeptSales, KeepsUntilAnsweredAndSendsAgainLaterEachTime) {
    auto kept = with_sales(1, 1);
    MonotonicTime at = kStart;
    const std::string body = kept.take_due(at)->body;
    for (const int wait : {2, 4, 8, 16, 16, 16}) {
        EXPECT_EQ(kept.take_due(at + seconds(wait) - Duration(1)), nullptr);
        at += seconds(wait);
        const auto* again = kept.take_due(at);
        ASSERT_NE(again, nullptr) << wait;
        EXPECT_EQ(again->body, body);
    }
    EXPECT_EQ(kept.sent_again(), 6);
    const auto settled = kept.settle("1");
    ASSERT_TRUE(settled);
    EXPECT_EQ(settled->first_sent, kStart);
    EXPECT_FALSE(kept.settle("1")) << "a second answer settles nothing";
    EXPECT_EQ(kept.take_due(at + seconds(1000)), nullptr);
}

TEST(KeptSales, AfterALossAllInFlightGoFirstAndInOrder) {
    auto kept = with_sales(3, 5);
    EXPECT_EQ(all_due(kept, kStart), (Ids{"1", "2", "3"}));
    EXPECT_TRUE(kept.settle("2"));
    kept.connection_lost();
    EXPECT_EQ(all_due(kept, kStart), (Ids{"1", "3", "4"}));
}

TEST(KeptSales, ARefusalThatMayHelpIsTriedWhenTold) {
    auto kept = with_sales(2, 2);
    EXPECT_EQ(all_due(kept, kStart), (Ids{"1", "2"}));
    kept.try_again("2", kStart + std::chrono::milliseconds(300));
    EXPECT_EQ(all_due(kept, kStart + std::chrono::milliseconds(299)), Ids{});
    EXPECT_EQ(all_due(kept, kStart + std::chrono::milliseconds(300)), (Ids{"2"}));
    EXPECT_EQ(kept.waiting(), 2U);
}

}  // namespace
}  // namespace tillkeeper::till
