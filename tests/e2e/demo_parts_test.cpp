#include <gtest/gtest.h>

#include "tests/e2e/ledger.h"
#include "tests/e2e/points_ledger.h"
#include "tests/e2e/progress.h"

namespace tillkeeper::lab {
namespace {

const Effects kBoth{{"a", 1}, {"b", 1}};

TEST(Ledger, AgreesWhenEverySaleTookEffectEverywhereOnce) {
    const auto ledger = balance(2, {"a", "b"}, {{"erp", kBoth}, {"oms", kBoth}, {"crm", kBoth}});
    EXPECT_TRUE(ledger.agrees());
    EXPECT_EQ(ledger.line(), "ledger: sold=2 accepted=2 erp=2 oms=2 crm=2 lost=0 duplicated=0");
}

TEST(Ledger, NamesWhatIsLost) {
    const auto ledger = balance(2, {"a", "b"}, {{"erp", kBoth}, {"oms", {{"a", 1}}}, {"crm", {{"a", 1}}}});
    EXPECT_FALSE(ledger.agrees());
    EXPECT_EQ(ledger.line(), "ledger: sold=2 accepted=2 erp=2 oms=1 crm=1 lost=1 duplicated=0");
}

TEST(Ledger, NamesWhatTookEffectTwice) {
    const auto ledger = balance(2, {"a", "b"}, {{"erp", {{"a", 2}, {"b", 1}}}});
    EXPECT_FALSE(ledger.agrees());
    EXPECT_EQ(ledger.duplicated, 1);
}

TEST(Ledger, SeesASwappedSale) {
    // The counts agree, the sales do not.
    const auto ledger = balance(2, {"a", "b"}, {{"erp", {{"a", 1}, {"c", 1}}}});
    EXPECT_EQ(ledger.lost, 1);
    EXPECT_FALSE(ledger.agrees());
}

TEST(Ledger, SeesASaleThatNobodyAccepted) {
    EXPECT_FALSE(balance(3, {"a", "b"}, {{"erp", kBoth}}).agrees());
}

TEST(Ledger, OfNothingDoesNotAgree) {
    EXPECT_FALSE(balance(0, {}, {{"erp", {}}}).agrees());
}

const std::map<std::string, std::int64_t> kEngine{
    {"earned", 70}, {"spent", 1000}, {"leases_open", 0}, {"difference", 0}};

TEST(PointsLedger, AgreesWhenTheEngineBookedWhatTillsWereTold) {
    const auto ledger = points_ledger(70, 1000, kEngine);
    EXPECT_TRUE(ledger.agrees());
    EXPECT_EQ(ledger.line(), "points: earned=70 spent=1000 crm_earned=70 crm_spent=1000 open_in_leases=0 difference=0");
}

TEST(PointsLedger, NamesEveryDifference) {
    EXPECT_EQ(points_ledger(71, 999, kEngine).difference, 2) << "too much there does not hide too little here";
    EXPECT_FALSE(points_ledger(71, 999, kEngine).agrees());
    EXPECT_FALSE(points_ledger(70, 1000, {}).agrees());
    EXPECT_FALSE(points_ledger(0, 0, {}).agrees()) << "nothing was spent";
    for (const char* wrong : {"leases_open", "difference"}) {
        auto engine = kEngine;
        engine[wrong] = -1;
        EXPECT_FALSE(points_ledger(70, 1000, engine).agrees()) << wrong;
    }
}

TEST(Progress, DrawsBarsAndNumbers) {
    EXPECT_EQ(bar(0, 10, 4), "----");
    EXPECT_EQ(bar(5, 10, 4), "##--");
    EXPECT_EQ(bar(20, 10, 4), "####");
    EXPECT_EQ(bar(1, 0, 4), "----");
    EXPECT_EQ(grouped(7), "7");
    EXPECT_EQ(grouped(1234567), "1,234,567");
    EXPECT_EQ(grouped(-123456), "-123,456");
}

}  // namespace
}  // namespace tillkeeper::lab
