#include "agent/loyalty/redemption_policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

namespace tillkeeper::agent {
namespace {

constexpr Allowance kAllowance{.member = 500, .store = 2000, .unknown_members = false};
const WallTime kNow(std::chrono::seconds(1763632800));

Lease lease(const std::string& id, std::int64_t amount, std::chrono::seconds from = std::chrono::seconds(-60),
            std::chrono::seconds until = std::chrono::seconds(3600)) {
    return {
        .id = id, .member = "17850", .pool = "", .amount = amount, .not_before = kNow + from, .expires = kNow + until};
}

OfflineFacts facts(std::int64_t points = 1000) {
    OfflineFacts facts;
    facts.now = kNow;
    facts.clock_trusted = true;
    facts.member = MemberSeen{.points = points};
    facts.outage = {.number = 1, .begins = true};
    return facts;
}

// [agent-17]
TEST(RedemptionPolicy, TheAllowanceOfMemberAndStoreEnds) {
    auto seen = facts();
    const auto first = decide_offline(300, seen, kAllowance);
    EXPECT_FALSE(first.decline);
    EXPECT_EQ(first.balance, 700);
    seen.outage = {.number = 1, .begins = false, .by_member = 300, .by_store = 300};
    EXPECT_FALSE(decide_offline(200, seen, kAllowance).decline);
    EXPECT_EQ(decide_offline(201, seen, kAllowance).decline, Decline::kAllowanceSpent);
    seen.outage = {.number = 1, .begins = false, .by_member = 0, .by_store = 1999};
    EXPECT_FALSE(decide_offline(1, seen, kAllowance).decline);
    EXPECT_EQ(decide_offline(2, seen, kAllowance).decline, Decline::kAllowanceSpent);
}

// [agent-17]
TEST(RedemptionPolicy, TheBalanceIsWhatTheCopySaysLessWhatWasSpentSince) {
    auto seen = facts(100);
    EXPECT_EQ(decide_offline(101, seen, kAllowance).decline, Decline::kBalanceTooLow);
    EXPECT_EQ(decide_offline(101, seen, kAllowance).balance, 100);
    seen.moved = 60;
    EXPECT_EQ(decide_offline(41, seen, kAllowance).decline, Decline::kBalanceTooLow);
    EXPECT_EQ(decide_offline(40, seen, kAllowance).balance, 0);
    seen.moved = 0;  // not read yet, but the pot knows
    seen.outage = {.number = 1, .begins = false, .by_member = 60, .by_store = 60};
    EXPECT_EQ(decide_offline(41, seen, kAllowance).decline, Decline::kBalanceTooLow);
}

// [agent-17]
TEST(RedemptionPolicy, WhoIsNotKnownOrClosedSpendsNothing) {
    auto seen = facts();
    seen.member->closed = true;
    EXPECT_EQ(decide_offline(1, seen, kAllowance).decline, Decline::kMemberClosed);
    seen.leases = {{lease("L-1", 500), 0}};
    EXPECT_EQ(decide_offline(1, seen, kAllowance).decline, Decline::kMemberClosed);
    seen.leases.clear();
    seen.member.reset();
    const auto unknown = decide_offline(1, seen, kAllowance);
    EXPECT_EQ(unknown.decline, Decline::kUnknownMember);
    EXPECT_EQ(unknown.balance, std::nullopt);
    auto generous = kAllowance;
    generous.unknown_members = true;
    EXPECT_FALSE(decide_offline(1, seen, generous).decline);
    EXPECT_EQ(decide_offline(1, facts(), Allowance{}).decline, Decline::kNoAllowance);
}

// [agent-17]
TEST(RedemptionPolicy, ALeaseComesFirstAndTheFirstToExpireBeforeTheOthers) {
    auto seen = facts(1000);
    seen.leases = {{lease("late", 500, std::chrono::seconds(-60), std::chrono::hours(48)), 0},
                   {lease("soon", 500, std::chrono::seconds(-60), std::chrono::hours(1)), 0},
                   {lease("small", 50, std::chrono::seconds(-60), std::chrono::minutes(1)), 0}};
    const auto decision = decide_offline(400, seen, Allowance{});
    EXPECT_FALSE(decision.decline);
    EXPECT_EQ(decision.lease, "soon");
    EXPECT_EQ(decision.balance, 1000 + 500 + 500 + 50 - 400) << "leased points are not in the copy's balance";
    seen.leases[1].spent = 101;
    EXPECT_EQ(decide_offline(400, seen, Allowance{}).lease, "late");
    EXPECT_EQ(decide_offline(399, seen, Allowance{}).lease, "soon");
}

// [agent-17]
TEST(RedemptionPolicy, ALeaseOutOfTimeOrWithAClockNobodyTrustsIsNotUsed) {
    auto seen = facts(0);
    seen.leases = {{lease("L-1", 500), 0}};
    EXPECT_FALSE(decide_offline(1, seen, Allowance{}).decline);
    seen.now = kNow + std::chrono::seconds(3600);
    EXPECT_EQ(decide_offline(1, seen, Allowance{}).decline, Decline::kNoAllowance);
    seen.now = kNow - std::chrono::seconds(61);
    EXPECT_EQ(decide_offline(1, seen, Allowance{}).decline, Decline::kNoAllowance);
    seen.now = kNow;
    seen.clock_trusted = false;
    EXPECT_EQ(decide_offline(1, seen, Allowance{}).decline, Decline::kNoAllowance);
}

TEST(RedemptionPolicy, AnApprovalDrawsOnThePotsThatDecidedIt) {
    auto seen = facts(120);
    seen.leases = {{lease("L-1", 50), 20}};
    const auto leased = decide_offline(30, seen, kAllowance);
    auto spends = spends_of(30, leased, seen, kAllowance, "m");
    ASSERT_EQ(spends.size(), 1U);
    EXPECT_EQ(spends[0].pot, "lease:L-1");
    EXPECT_EQ(spends[0].limit, 50);

    const auto allowed = decide_offline(31, seen, kAllowance);
    EXPECT_EQ(allowed.lease, "");
    spends = spends_of(31, allowed, seen, kAllowance, "m");
    ASSERT_EQ(spends.size(), 3U);
    EXPECT_EQ(spends[0].amount, 1) << "this redemption begins the outage";
    EXPECT_EQ(spends[0].expected, 0);
    EXPECT_EQ(spends[1].limit, 2000);
    EXPECT_EQ(spends[2].limit, 120) << "never more than the balance, whoever asks at the same time";
    seen.outage.begins = false;
    EXPECT_EQ(spends_of(31, allowed, seen, kAllowance, "m")[0].expected, 1);
}

// Whatever is asked for in whatever order, over stale facts: pots that honour the limits never give more than they may.
TEST(RedemptionPolicy, StaleFactsNeverOverspend) {  // [agent-17]
    for (unsigned seed = 1; seed <= 300; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&](int n) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(n)); };
        const std::int64_t balance = below(800);
        const std::int64_t lease_amount = 1 + below(300);
        std::map<std::string, std::int64_t> pots;
        auto stale = facts(balance);
        stale.leases = {{lease("L-1", lease_amount), 0}};
        std::int64_t by_allowance = 0;
        for (int i = 0; i < 40; ++i) {
            const std::int64_t points = 1 + below(200);
            const auto decision = decide_offline(points, stale, kAllowance);
            if (!decision.decline) {
                const auto spends = spends_of(points, decision, stale, kAllowance, "m");
                const bool fits = std::ranges::all_of(spends, [&](const auto& spend) {
                    return pots[spend.pot] + spend.amount <= spend.limit &&
                           (!spend.expected || *spend.expected == pots[spend.pot]);
                });
                if (fits)
                    for (const auto& spend : spends) pots[spend.pot] += spend.amount;
                if (fits && decision.lease.empty()) by_allowance += points;
            }
            if (below(3) == 0) {  // looks again
                stale.leases[0].spent = pots["lease:L-1"];
                stale.outage = {.number = std::max<std::int64_t>(1, pots["outage"]),
                                .begins = pots["outage"] == 0,
                                .by_member = pots["member:1:m"],
                                .by_store = pots["store:1"]};
            }
        }
        ASSERT_LE(pots["lease:L-1"], lease_amount) << seed;
        ASSERT_LE(by_allowance, std::min(balance, kAllowance.member)) << seed;
        ASSERT_LE(pots["outage"], 1) << seed;
    }
}

}  // namespace
}  // namespace tillkeeper::agent
