// A destination keeps its pace: caps, quotas, and the slow start after an outage.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using ::testing::SizeIs;

TEST_F(DestinationWorld, a_destination_gets_no_more_requests_than_it_is_configured_for) {  // [sync-16]
    sell_many(400, 8);
    auto made = config();
    made.format = EventFormat::kPlain;
    made.pace.requests_per_s = 5;
    open(made);
    run(10 * kSecond);
    EXPECT_NEAR(static_cast<double>(attempts), 55, 2);  // what a second holds, and ten more of them
    run(100 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(400));
    expect_order_per_till("erp");
}

TEST_F(DestinationWorld, a_destination_gets_no_more_bytes_than_it_is_configured_for) {  // [sync-16]
    sell_many(400, 8);
    auto made = config();
    made.batch_items_max = 10;
    made.pace.bytes_per_s = 5000;
    open(made);
    run(10 * kSecond);
    std::size_t bytes = 0;
    for (const auto& got : received["erp"]) bytes += got.body.size();
    EXPECT_GT(bytes, 50'000U);
    EXPECT_LT(bytes, 65'000U);  // and at most one request more
}

TEST_F(DestinationWorld, lanes_take_turns_where_one_request_may_leave_at_a_time) {  // [sync-16]
    sell_many(400, 8);
    auto made = config();
    made.batch_items_max = 10;
    made.pace.requests_per_s = 1;
    open(made);
    run(20 * kSecond);
    std::set<std::string> tills;
    for (const auto& id : delivered("erp")) tills.insert(till_of[id]);
    EXPECT_THAT(tills, SizeIs(8)) << "no till waits until others have nothing left";
}

TEST_F(DestinationWorld, a_quota_that_is_used_up_is_waited_for) {  // [sync-16]
    sell_many(400, 8);
    fault = [&](const auto&, const auto& got) -> std::optional<HttpResponse> {
        for (const auto& id : got.ids) seen["erp"].insert(id);
        return fakes::http_answer(202, "", {{"ratelimit", "\"all\";r=0;t=60"}});
    };
    auto made = config();
    made.lanes = 1;
    made.batch_items_max = 100;
    open(made);
    run(59 * kSecond);
    EXPECT_EQ(attempts, 1U);
    run(20 * kSecond);
    EXPECT_EQ(attempts, 2U);
    run(10 * 80 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(400));
}

TEST_F(DestinationWorld, after_an_outage_a_backlog_begins_slowly_and_with_whole_batches) {  // [sync-16]
    sell_many(2000, 8);
    cut = true;
    open();
    run(kHour);
    cut = false;
    const auto probed = attempts;
    while (received["erp"].empty()) run(kSecond);
    EXPECT_THAT(received["erp"].front().ids, SizeIs(1)) << "one probes";
    run(30 * kSecond);
    EXPECT_LE(attempts - probed, 6U);
    EXPECT_GT(received["erp"].at(1).ids.size(), 90U) << "what the network did says nothing against batches";
    run(600 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(2000));
    expect_order_per_till("erp");
}

TEST_F(DestinationWorld, one_and_the_same_lane_probes) {  // [sync-5] [sync-16]
    cut = true;
    auto made = config();
    made.lanes = 4;
    open(made);
    sell_many(100, 8);
    run(600 * kSecond);
    EXPECT_LT(attempts, 40U) << "the backoff of one lane grows to a minute";
}

TEST_F(DestinationWorld, what_is_sold_after_a_backlog_is_not_held_back) {  // [sync-16]
    sell_many(300, 8);
    cut = true;
    auto& erp = open();
    run(kHour);
    cut = false;
    run(300 * kSecond);
    ASSERT_THAT(delivered("erp"), SizeIs(300));
    sell("now", "t1");
    erp.wake();
    run(kSecond);
    EXPECT_TRUE(delivered("erp").contains("now"));
}

TEST_F(DestinationWorld, one_that_breaks_the_service_is_no_outage) {  // [sync-6] [sync-16]
    sell("a", "t1");
    sell("poison", "t2");
    fault = [](const auto&, const Received& got) -> std::optional<HttpResponse> {
        if (std::ranges::find(got.ids, "poison") == got.ids.end()) return {};
        return fakes::http_answer(500);
    };
    auto& erp = open();
    run(kHour);
    for (int i = 0; i < 5; ++i) {
        const std::string id = "b" + std::to_string(i);
        sell(id, "t" + std::to_string(3 + i));
        erp.wake();
        run(kSecond);
        EXPECT_TRUE(delivered("erp").contains(id));
        run(120 * kSecond);
    }
}

TEST_F(DestinationWorld, without_a_spread_an_outage_ends_at_once) {
    sell_many(2000, 8);
    cut = true;
    auto made = config();
    made.pace.reconnect_spread = Duration::zero();
    auto& erp = open(made);
    run(kHour);
    cut = false;
    erp.retry_now();
    run(2 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(2000));
}

}  // namespace
}  // namespace tillkeeper::sync
