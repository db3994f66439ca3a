#include "agent/loyalty/redemption_desk.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <set>

#include "agent/loyalty/lease_returns.h"
#include "tests/agent/loyalty/desk_rig.h"

namespace tillkeeper::agent {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = LiveRedemption::Outcome;
class RedemptionDeskTest : public ::testing::Test, protected loyalty_test::DeskRig {};

constexpr auto kApproved = R"("outcome":"approved")";
constexpr auto kDeclined = R"("outcome":"declined")";
constexpr auto kOffline = R"("source":"offline_allowance")";

// [agent-17]
TEST_F(RedemptionDeskTest, TheEnginesWordIsStoredBeforeItIsTold) {
    engine.there = true;
    engine.answer = [](const auto&, const auto&) { return LiveRedemption{Outcome::kApproved, "", 1140}; };
    send("t1", R"({"request_id":"r-1","member_id":"17850","points":100,"transaction_id":"a"})");
    EXPECT_THAT(mqtt.published, IsEmpty()) << "not before the journal has it";
    loop.run_until_idle();
    ASSERT_THAT(mqtt.published, SizeIs(1));
    EXPECT_EQ(mqtt.published[0].topic, "tillkeeper/v1/tills/t1/replies");
    EXPECT_THAT(mqtt.published[0].payload, AllOf(HasSubstr(R"("reply_to":"redemption","request_id":"r-1")"),
                                                 HasSubstr(kApproved), HasSubstr(R"("source":"live","balance":1140)")));
    ASSERT_THAT(entries("redemption"), SizeIs(1));
    EXPECT_EQ(entries("redemption")[0].transaction_id, engine.asked.at(0)) << "one id, there and here";
    EXPECT_EQ(entries("redemption")[0].till, "t1");

    engine.answer = [](const auto&, const auto&) { return LiveRedemption{Outcome::kDeclined, "balance_too_low", 40}; };
    EXPECT_THAT(ask("t1", "17850", 100, "b"),
                AllOf(HasSubstr(kDeclined), HasSubstr(R"("source":"live","balance":40,"reason":"balance_too_low")")));
    EXPECT_THAT(entries("redemption"), SizeIs(1));
}

// [agent-17]
TEST_F(RedemptionDeskTest, OfflineTheAllowanceEndsForMemberAndStore) {
    for (const char* id : {"1", "2", "3"}) member(id, 5000);
    EXPECT_THAT(ask("t1", "1", 500, "a"), AllOf(HasSubstr(kApproved), HasSubstr(kOffline), HasSubstr("4500")));
    EXPECT_THAT(ask("t1", "1", 1, "b"), AllOf(HasSubstr(kDeclined), HasSubstr("allowance_spent")));
    EXPECT_THAT(ask("t2", "2", 400, "c"), HasSubstr(kApproved));
    EXPECT_THAT(ask("t2", "3", 101, "d"), AllOf(HasSubstr(kDeclined), HasSubstr("allowance_spent")));
    EXPECT_THAT(ask("t2", "3", 100, "e"), HasSubstr(kApproved));
    EXPECT_THAT(ask("t2", "99", 1, "f"), AllOf(HasSubstr(kDeclined), HasSubstr("unknown_member")));
    EXPECT_EQ(spent_by_entries(), 1000);
}

// [agent-17]
TEST_F(RedemptionDeskTest, ARestartDoesNotFillTheAllowanceUpAgainButTheEndOfTheOutageDoes) {
    member("1", 5000);
    EXPECT_THAT(ask("t1", "1", 300, "a"), HasSubstr(kApproved));
    restart();
    EXPECT_THAT(ask("t1", "1", 300, "b"), HasSubstr("allowance_spent"));
    EXPECT_THAT(ask("t1", "1", 200, "c"), HasSubstr(kApproved));
    deliver_all();
    EXPECT_THAT(ask("t1", "1", 500, "d"), HasSubstr(kApproved)) << "the engine knows of all: another outage";
    EXPECT_THAT(ask("t1", "1", 1, "e"), HasSubstr("allowance_spent"));
}

// [agent-17]
TEST_F(RedemptionDeskTest, ARepeatedQuestionGetsTheSameAnswerAndSpendsNothing) {
    member("1", 5000);
    const auto first = ask("t1", "1", 300, "a");
    EXPECT_EQ(ask("t1", "1", 300, "a"), first);
    restart();
    EXPECT_EQ(ask("t1", "1", 300, "a"), first);
    engine.there = true;
    engine.answer = [](const auto&, const auto&) { return LiveRedemption{Outcome::kDeclined, "no", 0}; };
    EXPECT_EQ(ask("t1", "1", 300, "a"), first) << "what was approved stays so";
    EXPECT_THAT(engine.asked, IsEmpty());
    EXPECT_THAT(ask("t1", "1", 301, "a"), AllOf(HasSubstr(kDeclined), HasSubstr("other_amount")));
    EXPECT_EQ(spent_by_entries(), 300);
}

// [agent-17]
TEST_F(RedemptionDeskTest, AKillBetweenApprovalAndAnswerIsHealedByAskingAgain) {
    member("1", 5000);
    writer->lose_answers = true;
    EXPECT_EQ(ask("t1", "1", 300, "a"), "");
    writer->lose_answers = false;
    restart();
    EXPECT_THAT(ask("t1", "1", 300, "a", "r-2"), AllOf(HasSubstr(kApproved), HasSubstr(R"("request_id":"r-2")")));
    EXPECT_EQ(spent_by_entries(), 300);
}

// [agent-17]
TEST_F(RedemptionDeskTest, TwoTillsAtOnceNeverSpendMoreThanTheBalance) {
    member("1", 120);
    send("t1", R"({"request_id":"r","member_id":"1","points":100,"transaction_id":"a"})");
    send("t2", R"({"request_id":"r","member_id":"1","points":100,"transaction_id":"b"})");
    loop.run_until_idle();
    ASSERT_THAT(mqtt.published, SizeIs(2));
    const auto both = mqtt.published[0].payload + mqtt.published[1].payload;
    EXPECT_THAT(both, AllOf(HasSubstr(kApproved), HasSubstr("balance_too_low")));
    EXPECT_EQ(spent_by_entries(), 100);
    EXPECT_EQ(desk->open(), 0U);
}

// [agent-17]
TEST_F(RedemptionDeskTest, TheSameQuestionWhileItIsOpenIsAnsweredToAllAndSpentOnce) {
    member("1", 5000);
    for (const char* till : {"t1", "t1", "t2"})
        send(till, R"({"request_id":"r","member_id":"1","points":100,"transaction_id":"a"})");
    loop.run_until_idle();
    ASSERT_THAT(mqtt.published, SizeIs(3));
    for (const auto& told : mqtt.published) EXPECT_THAT(told.payload, HasSubstr(kApproved));
    EXPECT_EQ(spent_by_entries(), 100);
}

// [agent-17] The engine may have booked what the store then declines: it is taken back before the till hears of it.
TEST_F(RedemptionDeskTest, WhatMayHaveBeenBookedUnheardIsVoidedWhenItIsDeclined) {
    engine.there = true;
    engine.answer = [](const auto&, const auto&) { return LiveRedemption{Outcome::kNoAnswer, "", std::nullopt, true}; };
    member("1", 10);
    EXPECT_THAT(ask("t1", "1", 100, "a"), AllOf(HasSubstr(kDeclined), HasSubstr("balance_too_low")));
    ASSERT_THAT(entries("redemption_voided"), SizeIs(1));
    EXPECT_THAT(entries("redemption_voided")[0].body, HasSubstr('"' + engine.asked.at(0) + '"'));

    member("1", 1000);
    EXPECT_THAT(ask("t1", "1", 100, "a"), HasSubstr(kApproved)) << "asked again, it is another one";
    ASSERT_THAT(engine.asked, SizeIs(2));
    EXPECT_NE(engine.asked[0], engine.asked[1]);
    EXPECT_THAT(entries("redemption_voided"), SizeIs(1));
}

// [agent-17] A process that was killed before it stored the engine's approval has left nothing here that tells of it.
TEST_F(RedemptionDeskTest, WhatAnEarlierProcessMayHaveAskedIsVoidedWhenItIsDeclinedAndOnlyOnce) {
    engine.there = true;
    engine.answer = [](const auto&, const auto&) { return LiveRedemption{Outcome::kApproved, "", 900, false}; };
    member("1", 10);
    writer->failing = ErrorCode::kUnavailable;
    static_cast<void>(ask("t1", "1", 100, "a"));
    writer->failing.reset();
    engine.there = false;
    restart();
    EXPECT_THAT(ask("t1", "1", 100, "a"), AllOf(HasSubstr(kDeclined), HasSubstr("balance_too_low")));
    ASSERT_THAT(entries("redemption_voided"), SizeIs(1));
    EXPECT_THAT(entries("redemption_voided")[0].body, HasSubstr('"' + engine.asked.at(0) + '"'));
    for (int again = 0; again < 3; ++again) EXPECT_THAT(ask("t1", "1", 100, "a"), HasSubstr(kDeclined));
    EXPECT_THAT(entries("redemption_voided"), SizeIs(1)) << "nobody can have asked for the next attempt";
    restart();
    EXPECT_THAT(ask("t1", "1", 100, "a"), HasSubstr(kDeclined));
    EXPECT_THAT(entries("redemption_voided"), SizeIs(2)) << "but for this process that is an earlier one's";
}

// [agent-17]
TEST_F(RedemptionDeskTest, NothingIsDecidedWhileNothingCanBeStored) {
    member("1", 5000);
    writer->failing = ErrorCode::kStorageFull;
    EXPECT_THAT(ask("t1", "1", 100, "a"), AllOf(HasSubstr(R"("outcome":"refused","problem":"storage_full")"),
                                                HasSubstr(R"("retry_after_ms":5000)")));
    writer->failing = ErrorCode::kUnavailable;
    EXPECT_THAT(ask("t1", "1", 100, "a"), HasSubstr(R"("problem":"busy")"));
    engine.there = true;
    engine.answer = [](const auto&, const auto&) { return LiveRedemption{Outcome::kNoAnswer, "", std::nullopt, true}; };
    EXPECT_THAT(ask("t1", "9", 100, "b"), HasSubstr(R"("problem":"busy")")) << "not even a void";
    writer->failing.reset();
    EXPECT_THAT(ask("t1", "1", 100, "a"), HasSubstr(kApproved));
}

// [agent-17]
TEST_F(RedemptionDeskTest, ALeaseIsSpentInItsTimeAndNeverBeyondItsAmount) {
    allowance = {};
    restart();
    member("1", 0, R"(,"pool":"P-1")");
    lease("L-1", "1", 300, std::chrono::hours(1));
    EXPECT_THAT(ask("t1", "1", 200, "a"), AllOf(HasSubstr(kApproved), HasSubstr(kOffline), HasSubstr("100")));
    EXPECT_THAT(entries("redemption")[0].body, HasSubstr(R"("lease":"L-1")"));
    EXPECT_THAT(ask("t1", "1", 101, "b"), HasSubstr(kDeclined));
    restart();
    EXPECT_THAT(ask("t2", "1", 101, "c"), HasSubstr(kDeclined));
    EXPECT_THAT(ask("t2", "1", 50, "d"), HasSubstr(kApproved));
    device.trusted = false;
    EXPECT_THAT(ask("t2", "1", 50, "e"), HasSubstr(kDeclined)) << "nobody knows whether it is still in time";
    device.trusted = true;
    loop.advance(std::chrono::hours(1));
    EXPECT_THAT(ask("t2", "1", 50, "e"), HasSubstr(kDeclined));
    lease("L-2", "P-1", 50, std::chrono::hours(1), "pool");
    EXPECT_THAT(ask("t2", "1", 50, "e"), HasSubstr(kApproved)) << "of the pool that the member belongs to";
    EXPECT_EQ(spent_by_entries(), 300);
}

// [agent-17]
TEST_F(RedemptionDeskTest, WhatIsLeftOfALeaseGoesBackOnceWhenItsTimeIsOver) {
    allowance = {};
    restart();
    member("1", 0);
    lease("L-1", "1", 300, std::chrono::hours(1));
    copy.leases_by[{"store", "0042"}] = copy.leases_by[{"member_id", "1"}];
    LeaseReturns returns({*writer, loop, clock, device, *books});
    EXPECT_THAT(ask("t1", "1", 200, "a"), HasSubstr(kApproved));
    returns.look();
    EXPECT_THAT(entries("lease_returned"), IsEmpty()) << "not before";
    loop.advance(std::chrono::hours(1));
    device.trusted = false;
    returns.look();
    EXPECT_THAT(entries("lease_returned"), IsEmpty()) << "nobody knows whether it is over";
    device.trusted = true;
    writer->failing = ErrorCode::kUnavailable;
    returns.look();
    writer->failing.reset();
    for (int i = 0; i < 3; ++i) returns.look();
    loop.run_until_idle();
    ASSERT_THAT(entries("lease_returned"), SizeIs(1));
    EXPECT_THAT(entries("lease_returned")[0].body, HasSubstr(R"("jti":"L-1","spent":200)"));
    clock.set_wall(clock.wall() - std::chrono::minutes(30));
    EXPECT_THAT(ask("t1", "1", 50, "b"), HasSubstr(kDeclined)) << "given back is given back, whatever the clock says";
}

// [agent-17] What is leased to this store is not in the balance that the engine looks at.
TEST_F(RedemptionDeskTest, WhatTheEngineDeclinesALeaseOfThisStoreMayStillPay) {
    engine.there = true;
    engine.answer = [](const auto&, const auto&) { return LiveRedemption{Outcome::kDeclined, "balance_too_low", 0}; };
    member("1", 1000);
    EXPECT_THAT(ask("t1", "1", 100, "a"), AllOf(HasSubstr(kDeclined), HasSubstr(R"("source":"live")")))
        << "the allowance is for when nobody can be asked";
    lease("L-1", "1", 100);
    EXPECT_THAT(ask("t1", "1", 100, "b"), HasSubstr(kApproved));
}

// [agent-17]
TEST_F(RedemptionDeskTest, AForgedOrForeignLeaseIsWorthNothing) {
    allowance = {};
    restart();
    member("1", 0);
    lease("L-1", "2", 300);  // somebody else's, under this member's name
    copy.leases_by[{"member_id", "1"}] = copy.leases_by[{"member_id", "2"}];
    EXPECT_THAT(ask("t1", "1", 1, "a"), HasSubstr(kDeclined));
    copy.records.erase({"lease_keys", "2026"});
    lease("L-2", "1", 300);
    EXPECT_THAT(ask("t1", "1", 1, "a"), HasSubstr(kDeclined)) << "whose key is not known";
    copy.records[{"lease_keys", "2026"}] = signer.jwk();
    EXPECT_THAT(ask("t1", "1", 1, "a"), HasSubstr(kApproved));
}

TEST_F(RedemptionDeskTest, WhatCannotBeUsedIsRefusedAndAnswersGoToTheTillOnly) {
    send("t1", "{}");
    EXPECT_THAT(mqtt.published.back().payload,
                AllOf(HasSubstr(R"("outcome":"refused","problem":"malformed")"), HasSubstr(R"("pointer":"/points")")));
    const std::string good = R"({"request_id":"r","member_id":"1","points":1,"transaction_id":"a"})";
    send("t1", good, "tillkeeper/v1/tills/t2/replies");
    EXPECT_EQ(mqtt.published.back().topic, "tillkeeper/v1/tills/t1/replies");
    EXPECT_THAT(mqtt.published.back().payload, HasSubstr("not_yours"));
    send("t1", std::string(5000, ' '));
    EXPECT_THAT(mqtt.published.back().payload, HasSubstr("too_large"));
    send("t1", R"({"request_id":"r","member_id":"4111 1111 1111 1111","points":1,"transaction_id":"a"})");
    EXPECT_THAT(mqtt.published.back().payload, HasSubstr("contains_card_number"));
    send("t1", good, "tillkeeper/v1/tills/t1/points");
    loop.run_until_idle();
    EXPECT_EQ(mqtt.published.back().topic, "tillkeeper/v1/tills/t1/points");
    EXPECT_THAT(entries("redemption"), IsEmpty());
}

// Any mixture of tills, amounts, kills, full disks and engines that answer, hang or are away. [agent-17]
TEST_F(RedemptionDeskTest, WhateverHappensNothingIsApprovedTwiceAndNoAllowanceIsPassed) {
    std::mt19937 random(20261121);
    const auto below = [&](unsigned n) { return random() % n; };
    member("1", 700);
    member("2", 90);
    lease("L-1", "1", 250);
    std::map<std::string, std::int64_t> booked;  // by the engine, by id
    engine.answer = [&](const std::string& id, const RedemptionRequest& request) {
        const auto kind = below(4);
        if (kind == 0) return LiveRedemption{Outcome::kNoAnswer, "", std::nullopt, false};
        if (kind == 1) return LiveRedemption{Outcome::kDeclined, "no", std::nullopt};
        booked[id] = request.points;
        if (kind == 2) return LiveRedemption{Outcome::kNoAnswer, "", std::nullopt, true};
        return LiveRedemption{Outcome::kApproved, "", std::nullopt};
    };
    std::map<std::string, std::int64_t> told;  // transaction and member: what a till was told is approved
    for (int i = 0; i < 600; ++i) {
        engine.there = below(3) == 0;
        writer->failing = below(8) == 0 ? std::optional(ErrorCode::kStorageFull) : std::nullopt;
        writer->lose_answers = below(8) == 0;
        const auto who = below(2) == 0 ? "1" : "2";
        const auto transaction = "t" + std::to_string(below(120));
        const auto points = static_cast<std::int64_t>(1 + below(3) * 20);
        const auto answer = ask(below(2) == 0 ? "t1" : "t2", who, points, transaction);
        if (answer.contains(kApproved)) {
            const auto [place, first] = told.emplace(transaction + who, points);
            ASSERT_EQ(place->second, points) << "approved once, with one amount";
        }
        if (writer->lose_answers) restart();
    }
    std::map<std::string, std::int64_t> by_lease;
    std::map<std::string, std::int64_t> by_allowance;
    std::set<std::string> ids;
    for (const auto& entry : entries("redemption")) {
        ASSERT_TRUE(ids.insert(entry.transaction_id).second);
        const auto approved = *read_redemption(entry.body);
        if (!approved.live && !approved.lease.empty()) by_lease[approved.lease] += approved.points;
        if (!approved.live && approved.lease.empty())
            by_allowance[entry.body.contains(R"("member_id":"1")") ? "1" : "2"] += approved.points;
    }
    EXPECT_GT(ids.size(), 20U);
    EXPECT_LE(by_lease["L-1"], 250);
    EXPECT_GT(by_lease["L-1"], 200) << "the test means something";
    EXPECT_LE(by_allowance["1"], 500);
    EXPECT_LE(by_allowance["2"], 90);
    // What the engine booked and no till can use was voided, or the conversation is still to be had.
    std::set<std::string> voided;
    for (const auto& entry : entries("redemption_voided")) voided.insert(entry.transaction_id);
    for (const auto& id : ids) EXPECT_FALSE(voided.contains(void_id(id))) << "approved and taken back";
}

}  // namespace
}  // namespace tillkeeper::agent
