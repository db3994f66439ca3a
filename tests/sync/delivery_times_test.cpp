// How long deliveries took: from the clock that can be believed, or not at all.
#include "sync/delivery_times.h"

#include <numeric>

#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

std::uint64_t counted(const DeliveryTimes& times) {
    return std::accumulate(times.counts.begin(), times.counts.end(), std::uint64_t{0});
}

TEST(DeliveryTimes, CountByUpperBounds) {
    DeliveryTimes times;
    for (const auto took : {Duration::zero(), Duration(std::chrono::milliseconds(100)),
                            Duration(std::chrono::minutes(5)), Duration(std::chrono::days(30))})
        times.count(took);
    EXPECT_EQ(times.counts.front(), 2U) << "a bound belongs to what is below it";
    EXPECT_EQ(times.counts[6], 1U);
    EXPECT_EQ(times.counts.back(), 1U);
    EXPECT_EQ(counted(times), 4U);
    EXPECT_DOUBLE_EQ(times.sum, 0.1 + 300 + 30 * 86400);
}

class TimedDeliveries : public DestinationWorld {
  protected:
    // What arrived `ago`, in this boot or an earlier one.
    void arrive(const std::string& boot, Duration ago, bool trusted) {
        storage::Entry entry;
        entry.till = "t1";
        entry.transaction_id = "s" + std::to_string(++arrived_);
        entry.type = "sale";
        entry.body = R"({"id":")" + entry.transaction_id + "\"}";
        entry.arrival = {clock.wall() - ago, clock.monotonic() - ago, boot, trusted};
        till_of[entry.transaction_id] = "t1";
        journal.append(std::move(entry));
    }
    int arrived_ = 0;
};

TEST_F(TimedDeliveries, AreMeasuredWhereTimeCanBeTrusted) {
    run(2 * kHour);
    arrive(device.boot_id(), 100 * kSecond, false);
    arrive("an earlier boot", 2000 * kSecond, true);
    auto& erp = open();
    run(10 * kSecond);
    ASSERT_EQ(delivered("erp").size(), 2U);
    EXPECT_EQ(erp.status().times.counts[6], 1U) << "monotonic time needs no trust";
    EXPECT_EQ(erp.status().times.counts[8], 1U);
    EXPECT_NEAR(erp.status().times.sum, 2100, 10);

    arrive("an earlier boot", kHour, false);
    arrive("an earlier boot", -kHour, true);
    erp.wake();
    run(10 * kSecond);
    ASSERT_EQ(delivered("erp").size(), 4U);
    EXPECT_EQ(counted(erp.status().times), 2U) << "a clock that nobody set, and one that was set back, say nothing";
}

}  // namespace
}  // namespace tillkeeper::sync
