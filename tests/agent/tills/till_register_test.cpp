// What is known of each till: missing numbers, clock, presence. [agent-11]
#include "agent/tills/till_register.h"

#include <gmock/gmock.h>

#include <random>
#include <set>

#include "agent/cli/till_list.h"
#include "agent/tills/till_presence.h"
#include "agent/tills/tills_json.h"

namespace tillkeeper::agent {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

const WallTime kNow = parse_rfc3339("2026-11-21T10:00:00Z").value();

storage::Entry sold(std::int64_t sequence, const std::string& type = "sale", const std::string& refers_to = {}) {
    static storage::JournalNumber number = 0;
    storage::Entry entry;
    entry.number = ++number;
    entry.till = "t1";
    entry.till_sequence = sequence;
    entry.type = type;
    entry.refers_to = refers_to;
    entry.occurred_at = to_rfc3339(kNow);
    entry.arrival = {kNow, {}, "boot", true};
    return entry;
}

class Numbers : public testing::Test {
  protected:
    void come(std::initializer_list<std::int64_t> sequences) {
        for (const auto sequence : sequences) known_.take(sold(sequence), true);
    }
    const NumberGaps& numbers() { return known_.tills().at("t1").numbers; }
    TillRegister known_;
};

TEST_F(Numbers, AMissingNumberIsNamedUntilItComes) {
    come({5, 6, 9});
    EXPECT_THAT(numbers().ranges(), ElementsAre(Pair(7, 8)));
    EXPECT_EQ(numbers().missing(), 2);
    come({8});
    EXPECT_THAT(numbers().ranges(), ElementsAre(Pair(7, 7)));
    come({7, 10});
    EXPECT_THAT(numbers().ranges(), IsEmpty());
    EXPECT_EQ(numbers().missing(), 0);
    EXPECT_EQ(numbers().repeated(), 0);
}

TEST_F(Numbers, TheMiddleOfAGapLeavesBothSides) {
    come({1, 10, 5});
    EXPECT_THAT(numbers().ranges(), ElementsAre(Pair(2, 4), Pair(6, 9)));
}

TEST_F(Numbers, ANumberThatComesTwiceIsCounted) {
    come({1, 2, 2, 1});
    EXPECT_EQ(numbers().repeated(), 2);
    EXPECT_EQ(numbers().highest(), 2);
}

TEST_F(Numbers, AVoidOfWhatNeverCameExplainsTheNumberBefore) {
    come({1, 2});
    known_.take(sold(5, "void", "never-came"), false);
    EXPECT_THAT(numbers().ranges(), ElementsAre(Pair(3, 3)));
    known_.take(sold(6, "void", "a-real-one"), true);  // voids a sale that is here: explains no number
    EXPECT_THAT(numbers().ranges(), ElementsAre(Pair(3, 3)));
}

TEST_F(Numbers, AnOpeningBeginsARowOfItsOwn) {
    come({1, 2, 4});
    known_.take(sold(5, "till_opened"), true);
    EXPECT_THAT(numbers().ranges(), ElementsAre(Pair(3, 3)));  // each morning's opening explains nothing
    known_.take(sold(100, "till_opened"), true);
    EXPECT_THAT(numbers().ranges(), ElementsAre(Pair(3, 3)));  // nor does a jump, but it is no gap itself
    known_.take(sold(1, "till_opened"), true);
    EXPECT_THAT(numbers().ranges(), IsEmpty());
    come({2});
    EXPECT_EQ(numbers().repeated(), 0);
    EXPECT_EQ(numbers().highest(), 2);
}

TEST_F(Numbers, AnOpeningThatComesLateIsNoNewRow) {
    come({1, 3, 6});
    known_.take(sold(5, "till_opened"), true);
    EXPECT_THAT(numbers().ranges(), ElementsAre(Pair(2, 2), Pair(4, 4)));
}

TEST_F(Numbers, AWildNumberDoesNotSpoilATillForEver) {
    constexpr std::int64_t kLast = 9007199254740992;
    come({1, 2, kLast});
    EXPECT_EQ(numbers().missing(), 0) << "nobody has lost so many";
    come({3, 5});
    EXPECT_THAT(numbers().ranges(), ElementsAre(Pair(4, 4)));
    come({900'000});
    EXPECT_EQ(numbers().missing(), 899'995);
    known_.take(sold(10, "till_opened"), true);  // in the gap, and far too far back to be late
    EXPECT_EQ(numbers().missing(), 0);
    EXPECT_EQ(numbers().highest(), 10);
}

TEST_F(Numbers, QuarantinedOnesCountAndActionsDoNot) {
    come({1});
    auto entry = sold(2);
    entry.kind = storage::EntryKind::kQuarantined;
    known_.take(entry, true);
    entry.kind = storage::EntryKind::kReleased;  // its repair: the same number once more
    known_.take(entry, true);
    EXPECT_EQ(numbers().highest(), 2);
    EXPECT_EQ(numbers().repeated(), 0);
}

TEST_F(Numbers, WhateverATillSendsItStaysSmall) {
    for (std::int64_t i = 0; i < 10'000; ++i) come({i * 100});
    EXPECT_LE(numbers().ranges().size(), NumberGaps::kRangesMax);
    EXPECT_EQ(numbers().missing(), 9999 * 99);
    come({1, 2, 3});  // of ranges that are only counted
    EXPECT_EQ(numbers().missing(), 9999 * 99 - 3);
    EXPECT_EQ(numbers().repeated(), 0);
    for (int i = 0; i < 2000; ++i) {
        auto entry = sold(1);
        entry.till = "x" + std::to_string(i);
        known_.take(entry, true);
    }
    EXPECT_EQ(known_.tills().size(), kTillsMax);
}

// Against a set of all numbers.
TEST(NumberGapsModel, AgreesWithASetOfNumbers) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        NumberGaps gaps;
        std::set<std::int64_t> missing;
        std::optional<std::int64_t> highest;
        for (int i = 0; i < 200; ++i) {
            const std::int64_t number = static_cast<std::int64_t>(random() % 150);
            gaps.came(number);
            for (auto n = highest ? *highest + 1 : number; n < number; ++n) missing.insert(n);
            missing.erase(number);
            highest = std::max(highest.value_or(number), number);
        }
        std::set<std::int64_t> named;
        for (const auto& [first, last] : gaps.ranges())
            for (auto n = first; n <= last; ++n) named.insert(n);
        ASSERT_EQ(named, missing) << seed;
        ASSERT_EQ(gaps.missing(), static_cast<std::int64_t>(missing.size())) << seed;
    }
}

TEST(TillClock, TheLeastDelayedTransactionTells) {
    TillRegister known;
    const auto at = [&](Duration delay, Duration ahead, bool trusted = true) {
        auto entry = sold(1);
        entry.arrival.arrived_at = kNow + delay;
        entry.arrival.clock_trusted = trusted;
        entry.occurred_at = to_rfc3339(kNow + ahead, true);
        known.take(entry, true);
        return known.tills().at("t1").clock_ahead();
    };
    EXPECT_EQ(at(seconds(5), hours(1), false), std::nullopt);
    EXPECT_EQ(at(hours(3), seconds(90)), seconds(90) - hours(3));  // kept for three hours
    EXPECT_EQ(at(milliseconds(80), seconds(90)), seconds(90) - milliseconds(80));
    EXPECT_EQ(at(seconds(20), seconds(90)), seconds(90) - milliseconds(80));
    for (int i = 0; i < 32; ++i) static_cast<void>(at({}, {}));  // somebody set it
    EXPECT_EQ(at({}, {}), Duration{});
}

MqttMessage presence(const std::string& till, const std::string& payload, bool retain = false) {
    return {.topic = "tillkeeper/v1/tills/" + till + "/presence", .payload = payload, .retain = retain};
}

TEST(Presence, IsWhatTheTillOrItsWillSaid) {
    TillPresence tills;
    tills.heard(presence("t1", R"({"state":"online"})"), kNow);
    EXPECT_EQ(tills.all().at("t1").state, Seen::State::kOnline);
    EXPECT_EQ(tills.all().at("t1").last, kNow);
    tills.heard({.topic = "tillkeeper/v1/tills/t1/transactions", .payload = "{}"}, kNow + seconds(5));
    EXPECT_EQ(tills.all().at("t1").last, kNow + seconds(5));
    tills.heard(presence("t1", R"({"state":"offline","new":1})"), kNow + seconds(9));
    EXPECT_EQ(tills.all().at("t1").state, Seen::State::kOffline);
    EXPECT_EQ(tills.all().at("t1").since, kNow + seconds(9));
    EXPECT_EQ(tills.all().at("t1").last, kNow + seconds(5));  // the broker spoke in its place
    tills.forget_states();
    EXPECT_EQ(tills.all().at("t1").state, Seen::State::kUnknown);
}

TEST(Presence, WhatTheBrokerKeptIsNoSignOfLife) {
    TillPresence tills;
    tills.heard(presence("t1", R"({"state":"online"})", true), kNow);
    EXPECT_EQ(tills.all().at("t1").state, Seen::State::kOnline);
    EXPECT_FALSE(tills.all().at("t1").ever);
}

TEST(Presence, NonsenseChangesNothing) {
    TillPresence tills;
    tills.heard(presence("t1", R"({"state":"online"})"), kNow);
    for (const auto& payload :
         {std::string(), std::string("offline"), std::string(R"({"state":1})"), std::string(R"(["offline"])"),
          std::string(R"({"state":"asleep"})"), R"({"state":"offline","pad":")" + std::string(2000, 'x') + "\"}"}) {
        tills.heard(presence("t1", payload), kNow);
        EXPECT_EQ(tills.all().at("t1").state, Seen::State::kOnline) << payload;
    }
    for (int i = 0; i < 3000; ++i) tills.heard(presence("x" + std::to_string(i), "{}"), kNow);
    EXPECT_EQ(tills.all().size(), kTillsMax);
}

TEST(TillList, PeopleSeeWhatIsMissingAndWhoseClockIsWrong) {
    TillRegister known;
    for (const auto sequence : {1, 2, 5, 9}) {
        auto entry = sold(sequence);
        entry.occurred_at = "2026-11-21T10:05:00Z";
        known.take(entry, true);
    }
    TillPresence there;
    there.heard(presence("t1", R"({"state":"online"})"), kNow);
    const auto json = tills_json(known, 4, there.all());
    EXPECT_THAT(json, HasSubstr(R"("missing":[[3,4],[6,8]],"missing_count":5)"));
    EXPECT_THAT(json, HasSubstr(R"("clock_ahead_ms":300000)"));
    const cli::JsonDocument document(json);
    const auto text = cli::till_list_text(document.root(), kNow + seconds(30));
    EXPECT_THAT(text, HasSubstr("3-4, 6-8 (5 in all)"));
    EXPECT_THAT(text, HasSubstr("300 s fast"));
    EXPECT_THAT(text, HasSubstr("online"));
    EXPECT_THAT(text, HasSubstr("30 s ago"));
}

}  // namespace
}  // namespace tillkeeper::agent
