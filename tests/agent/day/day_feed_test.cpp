// The books follow the journal. [agent-40]
#include "agent/day/day_feed.h"

#include <gtest/gtest.h>

#include "tests/agent/day/day_entries.h"
#include "tests/storage/folder.h"

namespace tillkeeper::agent {
namespace {

using std::chrono::days;
using std::chrono::hours;

const StoreZone kUtc = [](WallTime) { return Duration::zero(); };
const BusinessDay kDay = std::chrono::floor<days>(storage::at_hour(0));

class Feed : public testing::Test {
  protected:
    // The same hour `later` days after.
    void sell(std::int64_t sequence, int later, bool trusted = true) {
        auto entry = handed_over("t1", sequence, 100);
        entry.business_day = to_text(kDay + days(later));
        entry.arrival.arrived_at += days(later);
        entry.occurred_at = to_rfc3339(entry.arrival.arrived_at);
        entry.arrival.clock_trusted = trusted;
        storage::put(*journal_, entry);
    }
    void read(DayFeed& feed) {
        while (true) {
            const auto more = feed.step();
            ASSERT_TRUE(more) << more.error().message;
            if (!*more) return;
        }
    }
    static std::int64_t count(const DayFeed& feed, int later) {
        return feed.book(kDay + days(later)).store().transactions;
    }

    storage::Folder folder_;
    std::unique_ptr<storage::Journal> journal_ = storage::opened(folder_.options());
    std::unique_ptr<storage::JournalReader> reader_ = storage::reading(folder_.options());
};

TEST_F(Feed, BeginsWhereItsDaysBegin) {
    for (std::int64_t i = 1; i <= 40; ++i) sell(i, static_cast<int>(i / 4));
    DayFeed feed(*reader_, {kUtc}, DayWindow::around(kDay + days(9)));
    read(feed);
    EXPECT_EQ(count(feed, 5), 0) << "before the window";
    EXPECT_EQ(count(feed, 6), 4);
    EXPECT_EQ(count(feed, 9), 4);
    EXPECT_EQ(count(feed, 10), 1);
    const auto before = number_before(*reader_, storage::at_hour(24 * 9));
    ASSERT_TRUE(before);
    EXPECT_LT(*before, 40);
    EXPECT_GT(*before, 30) << "found by halving";
}

TEST_F(Feed, AnEmptyJournalHasNoDays) {
    DayFeed feed(*reader_, {kUtc}, DayWindow::around(kDay));
    read(feed);
    EXPECT_EQ(count(feed, 0), 0);
    sell(1, 0);
    read(feed);
    EXPECT_EQ(count(feed, 0), 1);
}

TEST_F(Feed, NothingIsCountedTwice) {
    sell(1, 0);
    DayFeed feed(*reader_, {kUtc}, DayWindow::around(kDay));
    read(feed);
    sell(2, 0);
    read(feed);
    read(feed);
    EXPECT_EQ(count(feed, 0), 2);
}

TEST_F(Feed, DaysThatGoByAreForgotten) {
    sell(1, 0);
    DayFeed feed(*reader_, {kUtc}, DayWindow::around(kDay));
    read(feed);
    sell(2, 4);
    feed.move_to(DayWindow::around(kDay + days(4)));
    read(feed);
    EXPECT_EQ(count(feed, 0), 0);
    EXPECT_EQ(count(feed, 4), 1);
}

TEST_F(Feed, AClockThatIsSetBeginsAnew) {
    sell(1, 0, false);
    DayFeed feed(*reader_, {kUtc}, DayWindow::around(BusinessDay{}));
    read(feed);
    EXPECT_EQ(count(feed, 0), 0);
    feed.move_to(DayWindow::around(kDay));
    read(feed);
    EXPECT_EQ(count(feed, 0), 1);
}

TEST_F(Feed, UntrustedTimesNeverHideASale) {
    for (std::int64_t i = 1; i <= 9; ++i) sell(i, 0, i % 2 == 0);
    DayFeed feed(*reader_, {kUtc}, DayWindow::around(kDay));
    read(feed);
    EXPECT_EQ(count(feed, 0), 9);
}

TEST_F(Feed, ARepairedOneTakesThePlaceOfItsOriginal) {
    auto odd = handed_over("t1", 1, 100);
    odd.kind = storage::EntryKind::kQuarantined;
    const auto receipt = storage::put(*journal_, odd);
    DayFeed feed(*reader_, {kUtc}, DayWindow::around(kDay));
    read(feed);
    EXPECT_EQ(feed.book(kDay).store().quarantined.count, 1);
    ASSERT_TRUE(journal_->decide(storage::decision(storage::Decision::Kind::kRetry, "", receipt.number)));
    read(feed);
    EXPECT_EQ(feed.book(kDay).store().quarantined.count, 0);
    EXPECT_EQ(count(feed, 0), 1);
}

}  // namespace
}  // namespace tillkeeper::agent
