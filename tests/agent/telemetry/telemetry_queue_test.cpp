// [agent-106] What waits for the collector is bounded, and what does not fit is counted.
#include "agent/telemetry/telemetry_queue.h"

#include <gmock/gmock.h>

#include <thread>
#include <vector>

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

class TelemetryQueueTest : public testing::Test {
  protected:
    // All that is in it, a request each.
    std::vector<TelemetryBatch> all() {
        std::vector<TelemetryBatch> batches;
        for (auto batch = queue_.take(origin_); batch.items > 0; batch = queue_.take(origin_))
            batches.push_back(std::move(batch));
        return batches;
    }
    const TelemetryOrigin origin_{"0042", "1.2.3", {}};
    std::atomic<std::uint64_t> dropped_{0};
    TelemetryQueue queue_{TelemetrySignal::kTraces, dropped_};
};

TEST_F(TelemetryQueueTest, GivesTheOldestFirst) {
    EXPECT_EQ(queue_.take(origin_).body, "");
    queue_.add("1");
    queue_.add("2");
    const auto batch = queue_.take(origin_);
    EXPECT_EQ(batch.items, 2U);
    EXPECT_THAT(batch.body, testing::EndsWith(R"("spans":[1,2]}]}]})"));
    EXPECT_EQ(queue_.take(origin_).items, 0U);
}

TEST_F(TelemetryQueueTest, DropsTheNewestWhenItHasTooMany) {
    for (std::size_t i = 0; i < TelemetryQueue::kItemsMax; ++i) queue_.add("\"old\"");
    for (int i = 0; i < 3; ++i) queue_.add("\"new\"");
    EXPECT_EQ(dropped_, 3U);
    std::size_t items = 0;
    for (const auto& batch : all()) {
        EXPECT_LE(batch.items, TelemetryQueue::kItemsAtOnce);
        EXPECT_THAT(batch.body, Not(HasSubstr("new")));
        items += batch.items;
    }
    EXPECT_EQ(items, TelemetryQueue::kItemsMax);
    queue_.add("\"new\"");
    EXPECT_EQ(all().size(), 1U) << "there is room again";
}

TEST_F(TelemetryQueueTest, DropsTheNewestWhenItHasTooMuch) {
    const std::string item(TelemetryQueue::kBytesMax / 16, 'x');
    for (int i = 0; i < 17; ++i) queue_.add(item);
    EXPECT_EQ(dropped_, 1U);
    const auto batches = all();
    EXPECT_EQ(batches.size(), 4U);
    for (const auto& batch : batches) EXPECT_EQ(batch.items, 4U);
    queue_.add(std::string(TelemetryQueue::kBytesMax, 'x'));
    EXPECT_EQ(all().size(), 1U) << "what is long leaves alone";
    queue_.add(std::string(TelemetryQueue::kBytesMax + 1, 'x'));
    EXPECT_EQ(dropped_, 2U);
}

TEST_F(TelemetryQueueTest, IsFilledByAnyThread) {
    constexpr std::size_t kEach = 1000;
    std::size_t items = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([this] {
                for (std::size_t n = 0; n < kEach; ++n) queue_.add("0");
            });
        while (items + dropped_ < 4 * kEach) items += queue_.take(origin_).items;
    }
    EXPECT_EQ(items + dropped_, 4 * kEach);
    EXPECT_GE(items, TelemetryQueue::kItemsMax);
}

}  // namespace
}  // namespace tillkeeper::agent
