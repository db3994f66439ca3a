// What a business day comes to. [agent-40]
#include "agent/day/day_book.h"

#include <gmock/gmock.h>

#include <limits>

#include "tests/agent/day/day_entries.h"

namespace tillkeeper::agent {
namespace {

using storage::EntryKind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const StoreZone kUtc = [](WallTime) { return Duration::zero(); };
const StoreZone kBerlin = [](WallTime) { return Duration(std::chrono::hours(1)); };
const SumName kSales{"sale", "EUR"};

class Day : public testing::Test {
  protected:
    void come(storage::NewEntry entry) {
        entry.arrival.clock_trusted = true;
        const auto place = place_of(numbered(++last_, entry), {kUtc});
        book_.take(numbered(last_, entry), place.hour);
    }
    const TillTotals& till(const std::string& name = "t1") { return book_.tills().at(name); }

    DayBook book_;
    storage::JournalNumber last_ = 0;
};

TEST_F(Day, AddsUpPerTillAndForTheStore) {
    come(handed_over("t1", 1, 1000));
    come(handed_over("t1", 2, 250));
    come(handed_over("t1", 3, -250, "return"));
    come(handed_over("t2", 1, 99));
    EXPECT_EQ(till().transactions, 3);
    EXPECT_EQ(till().types.all().at(kSales), (Amounts{2, 1250}));
    EXPECT_EQ(till().types.all().at({"return", "EUR"}), (Amounts{1, -250}));
    EXPECT_EQ(till().tenders.all().at({"card", "EUR"}), (Amounts{3, 1000}));
    EXPECT_EQ(book_.store().types.all().at(kSales), (Amounts{3, 1349}));
}

TEST_F(Day, CurrenciesAreNeverAddedTogether) {
    come(handed_over("t1", 1, 1000));
    auto pounds = handed_over("t1", 2, 700);
    pounds.body.replace(pounds.body.find("EUR"), 3, "GBP");
    come(pounds);
    come(handed_over("t1", 3, 1));
    EXPECT_EQ(till().types.all().at(kSales), (Amounts{2, 1001}));
    EXPECT_EQ(till().types.all().at({"sale", "GBP"}), (Amounts{1, 700}));
    EXPECT_EQ(book_.currency(), "EUR");
    EXPECT_EQ(book_.accepted()[10].count, 3);
    EXPECT_EQ(book_.accepted()[10].value, 1001);
}

TEST_F(Day, NamesWhatIsMissingAndWhatHasNoNumber) {
    come(handed_over("t1", 1, 1));
    come(handed_over("t1", 4, 1));
    auto twice = handed_over("t1", 4, 1);
    twice.transaction_id = "again";
    come(twice);
    auto without = handed_over("t1", 9, 1);
    without.till_sequence.reset();
    come(without);
    EXPECT_THAT(till().missing(), ElementsAre(Pair(2, 3)));
    ASSERT_EQ(till().by_id.named.size(), 2U);
    EXPECT_EQ(till().by_id.named[0].id, "again");
    EXPECT_EQ(till().by_id.named[1].id, "t1-9");
}

TEST_F(Day, AQuarantinedOneStandsApartUntilItIsRepaired) {
    auto odd = handed_over("t1", 1, 500);
    odd.kind = EntryKind::kQuarantined;
    come(odd);
    EXPECT_EQ(till().transactions, 0);
    ASSERT_EQ(till().quarantined.count, 1);
    come(handed_over("t1", 0, 0, "till_opened"));
    come(handed_over("t1", 2, 0));
    EXPECT_THAT(till().missing(), IsEmpty()) << "it came";
    EXPECT_EQ(book_.accepted()[10].count, 1);

    auto repaired = handed_over("t1", 1, 600);
    repaired.kind = EntryKind::kReleased;
    book_.release(1);
    come(repaired);
    EXPECT_EQ(till().quarantined.count, 0);
    EXPECT_THAT(till().quarantined.named, IsEmpty());
    EXPECT_EQ(till().types.all().at(kSales), (Amounts{2, 600}));
}

TEST_F(Day, WhatPeopleDoIsNoTransaction) {
    auto action = handed_over("t1", 1, 500);
    action.kind = EntryKind::kAction;
    action.problems = R"({"decision":"skip","destination":"","who":"a","why":"b"})";
    come(action);
    EXPECT_EQ(till().transactions, 0);
    EXPECT_EQ(till().skipped, 1);
}

TEST_F(Day, TheBoxsOwnEntriesAreNoTransactions) {
    auto own = handed_over("", 1, 500, "day_manifest");
    come(own);
    come(handed_over("t1", 1, 500, "reconciliation"));
    EXPECT_THAT(book_.tills(), IsEmpty());
}

TEST_F(Day, AnErasedOrBrokenBodyIsCountedAndSaid) {
    auto erased = handed_over("t1", 1, 500);
    erased.body.clear();
    come(erased);
    EXPECT_EQ(till().transactions, 1);
    EXPECT_EQ(till().unreadable, 1);
    storage::Entry damaged = numbered(2, handed_over("t1", 2, 500));
    damaged.damaged = "rotten";
    book_.take(damaged, 10);
    EXPECT_EQ(till().transactions, 1);
}

TEST_F(Day, PointsAreThoseThatTransactionsSay) {
    auto spent = handed_over("t1", 1, 0, "redemption");
    spent.body = R"({"points":300})";
    come(spent);
    auto back = handed_over("t1", 2, 0, "redemption_voided");
    back.body = R"({"points":100})";
    come(back);
    EXPECT_EQ(till().points_redeemed, 200);
    EXPECT_EQ(till().points_earned, 0);
}

TEST_F(Day, WithoutATotalTheLinesCount) {
    auto lines = handed_over("t1", 1, 0);
    lines.body = R"({"currency":"EUR","lines":[{"amount":5},{"amount":7}]})";
    come(lines);
    EXPECT_EQ(till().types.all().at(kSales), (Amounts{1, 12}));
}

TEST_F(Day, SumsStayWithinTheirBounds) {
    EXPECT_EQ(added(std::numeric_limits<std::int64_t>::max(), 1), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(added(std::numeric_limits<std::int64_t>::min(), -1), std::numeric_limits<std::int64_t>::min());
    for (int i = 0; i < 300; ++i) come(handed_over("t1", i, 1, "made-up-" + std::to_string(i)));
    EXPECT_EQ(till().types.all().size(), Sums::kNamesMax + 1);
    EXPECT_EQ(till().types.all().at({std::string(Sums::kOther), ""}).count, 100);
}

TEST_F(Day, ByTheHourWhatIsHereAndWhatADestinationHas) {
    come(handed_over("t1", 1, 100, "sale", 9));
    come(handed_over("t1", 2, 200, "sale", 9));
    come(handed_over("t1", 3, 400, "sale", 10));
    come(handed_over("t1", 4, -50, "return", 10));
    come(handed_over("t1", 5, 0, "till_closed", 10));
    EXPECT_EQ(book_.accepted()[9].count, 2);
    EXPECT_EQ(book_.accepted()[9].value, 300);
    EXPECT_EQ(book_.accepted()[10].count, 2);
    EXPECT_EQ(book_.accepted()[10].value, 350);

    const std::vector<storage::JournalNumber> held{1};
    const auto there = book_.delivered(3, held);
    ASSERT_TRUE(there);
    EXPECT_EQ((*there)[9].count, 1);
    EXPECT_EQ((*there)[9].value, 200);
    EXPECT_EQ((*there)[10].count, 1);
    EXPECT_EQ((*there)[10].value, 400);
}

TEST(Place, IsTheDayThatTheTillSaid) {
    auto late = numbered(1, handed_over("t1", 1, 1));
    late.occurred_at = "2026-11-21T00:30:00Z";
    EXPECT_EQ(to_text(place_of(late, {kUtc}).day), "2026-11-20");
    EXPECT_EQ(place_of(late, {kUtc}).hour, 24) << "after midnight, and still that day's";
    EXPECT_EQ(place_of(late, {kBerlin}).hour, 25);
}

TEST(Place, IsElseWhenItHappenedOrArrived) {
    auto entry = numbered(1, handed_over("t1", 1, 1));
    entry.business_day.clear();
    entry.occurred_at = "2026-11-20T23:30:00Z";
    EXPECT_EQ(to_text(place_of(entry, {kUtc}).day), "2026-11-20");
    EXPECT_EQ(to_text(place_of(entry, {kBerlin, std::chrono::minutes(0)}).day), "2026-11-21");
    entry.occurred_at = "2026-11-21T02:30:00Z";
    EXPECT_EQ(to_text(place_of(entry, {kUtc}).day), "2026-11-20") << "after midnight, the day is open still";
    EXPECT_EQ(place_of(entry, {kUtc}).hour, 26);
    EXPECT_EQ(to_text(place_of(entry, {kUtc, std::chrono::hours(2)}).day), "2026-11-21");
    entry.occurred_at = "yesterday";
    entry.business_day = "soon";
    EXPECT_EQ(to_text(place_of(entry, {kUtc}).day), "2026-11-20");
    EXPECT_EQ(place_of(entry, {kUtc}).hour, 10);
}

}  // namespace
}  // namespace tillkeeper::agent
