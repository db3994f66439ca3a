// How the pace of the last days is measured. [agent-71]
#include "agent/runway_watch.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/storage/folder.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;

class RunwayWatchTest : public testing::Test {
  protected:
    RunwayWatchTest() : journal_(storage::opened(folder_.options())), reader_(storage::reading(folder_.options())) {}
    void sell(int count, Duration ago) {
        for (int i = 0; i < count; ++i) {
            auto entry = storage::sale(storage::uuid(++sold_));
            entry.arrival.arrived_at = clock_.wall() - ago;
            entry.arrival.clock_trusted = true;
            put(*journal_, entry);
        }
    }
    [[nodiscard]] StoreState look() {
        JournalGlance glance(*reader_);
        EXPECT_TRUE(glance.refresh());
        RunwayWatch watch(clock_, device_, folder_.path(), [this] { return ends_; });
        StoreState state;
        watch.look(glance, state);
        return state;
    }

    storage::Folder folder_;
    fakes::FakeClock clock_;
    fakes::FakeDevice device_;
    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;
    std::vector<KnownEnd> ends_;
    std::uint64_t sold_ = 0;
};

TEST_F(RunwayWatchTest, ABusyYearLongAgoDoesNotCount) {
    device_.free_bytes = 100U << 20;
    sell(30, 24h * 3);
    const auto slow = look();
    ASSERT_TRUE(slow.runway);
    EXPECT_EQ(slow.disk_free_bytes, device_.free_bytes);
    sell(300, 2h);
    const auto fast = look();
    ASSERT_TRUE(fast.runway);
    EXPECT_LT(fast.runway->hours, slow.runway->hours);
}

TEST_F(RunwayWatchTest, OnlyTheLastSevenDaysMakeThePace) {
    sell(400, 24h * 60);
    sell(70, 24h * 6);
    const auto calm = look();
    ASSERT_TRUE(calm.runway);
    const auto bytes_each = static_cast<double>(reader_->bounds()->bytes) / 470;
    const auto expected = static_cast<double>(device_.free_bytes) / (bytes_each * 70 / (7 * 24));
    EXPECT_NEAR(static_cast<double>(calm.runway->hours), expected, expected / 100);
}

TEST_F(RunwayWatchTest, AnEndBeforeTheDisksCounts) {
    sell(5, 24h);
    ends_ = {{RunwayLimit::kPrices, clock_.wall() + 3h + 1min}};
    const auto state = look();
    ASSERT_TRUE(state.runway);
    EXPECT_EQ(state.runway->hours, 3);
    EXPECT_EQ(state.runway->limited_by, RunwayLimit::kPrices);
}

TEST_F(RunwayWatchTest, AnEmptyJournalTellsNothing) {
    EXPECT_FALSE(look().runway);
    sell(3, 1min);
    EXPECT_FALSE(look().runway) << "an hour of history at least";
}

}  // namespace
}  // namespace tillkeeper::agent
