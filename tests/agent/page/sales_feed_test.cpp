// Today's sales by the hour, over a real journal. [agent-33]
#include "agent/page/sales_feed.h"

#include <gmock/gmock.h>

#include "agent/contract/transaction.h"
#include "tests/fakes/fake_loop.h"
#include "tests/storage/folder.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;

class SalesFeedTest : public testing::Test {
  protected:
    SalesFeedTest() : journal_(storage::opened(folder_.options())) {
        const std::vector<std::string> names{"erp", "crm"};
        EXPECT_TRUE(journal_->register_destinations(names));
        destinations_.resize(2);
        destinations_[0].name = "erp";
        destinations_[1].name = "crm";
        reader_ = storage::reading(folder_.options());
        feed_.emplace(*reader_, loop_, StoreDay{[](WallTime) { return 1h; }}, destinations_, clock_.wall());
    }
    storage::JournalNumber sell(const std::string& at, int total) {
        const auto id = "a-" + std::to_string(++sold_);
        auto entry = examine_transaction("till-1", R"({"id":")" + id + R"(","type":"sale","till_sequence":)" +
                                                       std::to_string(sold_) + R"(,"occurred_at":")" + at +
                                                       R"(","currency":"EUR","total":)" + std::to_string(total) + '}')
                         .entry;
        entry.arrival = {clock_.wall(), clock_.monotonic(), "boot", true};
        return put(*journal_, entry).number;
    }
    void settle(const std::string& destination, storage::JournalNumber cursor,
                std::vector<storage::HeldItem> hold = {}) {
        report(*journal_, {.destination = destination, .hold = std::move(hold), .delivered = {}, .cursor = cursor});
    }
    [[nodiscard]] SalesDay today() {
        auto day = feed_->today(clock_.wall());
        loop_.run_until_idle();
        day = feed_->today(clock_.wall());
        return day.value_or(SalesDay{});
    }

    storage::Folder folder_;
    fakes::FakeClock clock_;
    fakes::FakeLoop loop_{clock_};
    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;
    std::vector<sync::DestinationConfig> destinations_;
    std::optional<SalesFeed> feed_;
    int sold_ = 0;
};

TEST_F(SalesFeedTest, CountsByTheHourOfTheStore) {
    sell("2026-11-20T08:10:00Z", 100);
    sell("2026-11-20T08:50:00Z", 250);
    sell("2026-11-20T10:00:00Z", 1);
    sell("2026-11-19T10:00:00Z", 9999);  // yesterday's
    const auto day = today();
    EXPECT_TRUE(day.counted);
    EXPECT_EQ(day.currency, "EUR");
    ASSERT_EQ(day.hours.size(), 3U);
    EXPECT_EQ(day.hours[0].hour, 9);
    EXPECT_EQ(day.hours[0].accepted.count, 2);
    EXPECT_EQ(day.hours[0].accepted.value, 350);
    EXPECT_EQ(day.hours[1].accepted.count, 0) << "an hour without a sale stands between";
    EXPECT_EQ(day.hours[2].accepted.value, 1);
}

TEST_F(SalesFeedTest, DeliveredIsWhatEveryDestinationHas) {
    const auto first = sell("2026-11-20T08:10:00Z", 100);
    const auto second = sell("2026-11-20T08:20:00Z", 250);
    const auto third = sell("2026-11-20T08:30:00Z", 400);
    settle("erp", third);
    settle("crm", second);
    EXPECT_EQ(today().hours.at(0).delivered->value, 350);
    settle("erp", third, {storage::held_at("erp", first)});
    EXPECT_EQ(today().hours.at(0).delivered->value, 250) << "what is held there has not arrived";
    EXPECT_EQ(today().hours.at(0).delivered->count, 1);
}

TEST_F(SalesFeedTest, ANewDayBeginsEmpty) {
    sell("2026-11-20T08:10:00Z", 100);
    EXPECT_EQ(today().hours.size(), 1U);
    clock_.advance(24h);
    EXPECT_TRUE(today().hours.empty());
}

TEST_F(SalesFeedTest, NobodyWaitsForALongDay) {
    for (int i = 0; i < 250; ++i) sell("2026-11-20T08:10:00Z", 1);
    const auto first = feed_->today(clock_.wall());
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->counted);
    EXPECT_EQ(today().hours.at(0).accepted.count, 250);
}

}  // namespace
}  // namespace tillkeeper::agent
