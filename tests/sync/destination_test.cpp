// A destination in virtual time: outages, rejections, repairs, restarts.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

bool has(const Received& got, const std::string& id) {
    return std::ranges::find(got.ids, id) != got.ids.end();
}

TEST_F(DestinationWorld, brings_everything_in_order_of_each_till) {  // [sync-4]
    sell_many(1000);
    open();
    run(10 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(1000));
    EXPECT_EQ(journal.cursor("erp"), 1000);
    expect_order_per_till("erp");
    EXPECT_EQ(attempts, 1000U / 200U + 1U) << "batches should be full";
}

TEST_F(DestinationWorld, a_new_sale_goes_at_once) {
    auto& erp = open();
    run(kSecond);
    sell("a");
    erp.wake();
    run(std::chrono::milliseconds(20));
    EXPECT_THAT(delivered("erp"), ElementsAre("a"));
    EXPECT_EQ(erp.status().state, DestinationStatus::State::kIdle);
}

TEST_F(DestinationWorld, thirty_days_of_outage_hold_nothing) {  // [sync-5]
    cut = true;
    auto made = config();
    made.pace.reconnect_spread = Duration::zero();
    auto& erp = open(made);
    for (int day = 0; day < 30; ++day) {
        // First a network that swallows everything, so that each attempt takes long; at last one that says no at once.
        http.latency = day < 29 ? std::chrono::milliseconds(240'000) : std::chrono::milliseconds(5);
        sell_many(100, 4, "d" + std::to_string(day) + "-");
        wake_all();
        run(24 * kHour);
    }
    EXPECT_GT(attempts, 10'000U);
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
    EXPECT_EQ(erp.status().cause, "no_route");
    EXPECT_EQ(erp.status().state, DestinationStatus::State::kWaiting);
    EXPECT_EQ(journal.cursor("erp"), 0);
    cut = false;
    run(60 * kSecond);  // nothing new is sold and nobody wakes it
    EXPECT_THAT(delivered("erp"), SizeIs(3000));
    EXPECT_EQ(journal.cursor("erp"), 3000);
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
    EXPECT_EQ(erp.status().cause, "");
    expect_order_per_till("erp");
}

// Half a minute before the request gives up.
TEST_F(DestinationWorld, a_network_that_swallows_requests_shows_while_they_are_on_their_way) {
    auto& erp = open();
    http.latency = 25 * kSecond;
    sell("a");
    erp.wake();
    run(kSecond);
    ASSERT_EQ(erp.status().state, DestinationStatus::State::kDelivering);
    EXPECT_EQ(erp.status().cause, "") << "it only takes its time";
    http.swallowed = true;
    EXPECT_EQ(erp.status().cause, "no_route");
    EXPECT_EQ(erp.status().state, DestinationStatus::State::kWaiting);
    http.swallowed = false;
    EXPECT_EQ(erp.status().cause, "");
    run(25 * kSecond);
    EXPECT_THAT(delivered("erp"), ElementsAre("a"));
}

TEST_F(DestinationWorld, a_network_that_swallows_the_login_shows_as_well) {
    auto made = config();
    made.oauth.auth = ClientAuth::kClientSecretBasic;
    made.oauth.token_url = "https://login.example/token";
    auto& erp = open(made);
    http.respond = nullptr;  // nobody answers
    sell("a");
    erp.wake();
    run(kSecond);
    EXPECT_EQ(erp.status().cause, "");
    http.swallowed = true;
    EXPECT_EQ(erp.status().cause, "no_route");
}

TEST_F(DestinationWorld, a_service_that_fails_for_hours_holds_nothing) {  // [sync-5]
    for (const int status : {500, 502, 503, 404, 403, 405, 410, 302, 429, 200}) {
        SCOPED_TRACE(status);
        fault = [&](const auto&, const auto&) {
            return fakes::http_answer(status, status == 200 ? "<html>please log in</html>" : "");
        };
        const auto sold = delivered("erp").size();
        sell_many(40, 4, "x" + std::to_string(status) + "-");
        if (destinations.empty()) open();
        wake_all();
        run(2 * kHour);
        EXPECT_THAT(journal.rows("erp"), IsEmpty());
        EXPECT_EQ(delivered("erp").size(), sold);
        EXPECT_NE(destinations[0]->status().cause, "");
        fault = nullptr;
        run(600 * kSecond);
        EXPECT_EQ(delivered("erp").size(), sold + 40);
    }
    expect_order_per_till("erp");
}

TEST_F(DestinationWorld, a_reconnect_wakes_the_backlog_without_anything_new) {  // [sync-5]
    cut = true;
    auto made = config();
    made.pace.reconnect_spread = Duration::zero();
    auto& erp = open(made);
    sell_many(500);
    run(10 * kHour);
    cut = false;
    erp.retry_now();
    run(kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(500));
}

TEST_F(DestinationWorld, one_poison_in_a_thousand_is_held_alone_and_its_dependents_wait) {  // [sync-6]
    for (int i = 0; i < 1000; ++i) {
        const std::string id = "s" + std::to_string(i);
        if (i == 600)
            sell(id, "t0", "s333", "return");
        else
            sell(id, "t" + std::to_string(i % 4));
    }
    fault = [](const auto&, const Received& got) -> std::optional<HttpResponse> {
        if (!has(got, "s333")) return {};
        return fakes::http_answer(422, "unknown article");
    };
    open();
    run(60 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(998));
    const auto rows = journal.rows("erp");
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(rows[0].number, 334);
    EXPECT_EQ(rows[0].state, storage::HeldState::kHeld);
    EXPECT_EQ(rows[0].reason, "HTTP 422: unknown article");
    EXPECT_EQ(rows[1].number, 601);
    EXPECT_EQ(rows[1].state, storage::HeldState::kWaiting);
    EXPECT_EQ(rows[1].waits_for, 334);
    EXPECT_EQ(journal.cursor("erp"), 1000);
    expect_order_per_till("erp");
}

TEST_F(DestinationWorld, a_repaired_one_goes_under_its_own_id_and_frees_its_dependents) {  // [sync-6]
    const auto bad = sell("bad");
    sell("after", "t1", "bad", "return");
    bool repaired = false;
    fault = [&](const auto&, const Received& got) -> std::optional<HttpResponse> {
        if (!has(got, "bad") || got.body.find("\"total\":9") != std::string::npos) return {};
        return fakes::http_answer(400, "no");
    };
    open();
    run(5 * kSecond);
    EXPECT_THAT(delivered("erp"), IsEmpty());
    ASSERT_TRUE(journal.repair("erp", bad, R"({"id":"bad","total":9})"));
    wake_all();
    run(5 * kSecond);
    EXPECT_THAT(effects["erp"], ElementsAre("bad", "after"));
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
    EXPECT_EQ(received["erp"].front().key, "bad");
    static_cast<void>(repaired);
}

TEST_F(DestinationWorld, retry_and_skip_by_a_person) {  // [sync-6]
    const auto one = sell("one"), two = sell("two");
    sell("void-two", "t2", "two", "void");
    bool closed = true;
    fault = [&](const auto&, const Received& got) -> std::optional<HttpResponse> {
        if (!closed || (!has(got, "one") && !has(got, "two"))) return {};
        return fakes::http_answer(409, "period closed");
    };
    open();
    run(10 * kSecond);
    EXPECT_THAT(journal.rows("erp"), SizeIs(3));
    ASSERT_TRUE(journal.retry("erp", one));
    wake_all();
    run(10 * kSecond);
    EXPECT_THAT(journal.rows("erp"), SizeIs(3)) << "rejected again: held again";
    closed = false;
    ASSERT_TRUE(journal.retry("erp", one));
    ASSERT_TRUE(journal.skip("erp", two));
    wake_all();
    run(10 * kSecond);
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
    EXPECT_THAT(delivered("erp"), ElementsAre("one", "void-two"));
}

TEST_F(DestinationWorld, a_transaction_that_breaks_the_service_is_held_when_others_are_taken) {  // [sync-6]
    for (const int tills : {1, 4}) {
        SCOPED_TRACE(tills);
        const std::string prefix = "b" + std::to_string(tills) + "-", bad = prefix + "50";
        fault = [&](const auto&, const Received& got) -> std::optional<HttpResponse> {
            if (!has(got, bad)) return {};
            return fakes::http_answer(500, "stack trace");
        };
        sell_many(100, tills, prefix);
        if (destinations.empty()) open();
        wake_all();
        run(24 * kHour);
        EXPECT_FALSE(delivered("erp").contains(bad));
        const auto rows = journal.rows("erp");
        ASSERT_FALSE(rows.empty());
        EXPECT_EQ(journal.entry(rows.back().number)->value().transaction_id, bad);
    }
    EXPECT_THAT(journal.rows("erp"), SizeIs(2));
    EXPECT_THAT(delivered("erp"), SizeIs(198));
    expect_order_per_till("erp");
}

TEST_F(DestinationWorld, what_the_disk_does_not_give_back_is_held_and_the_rest_flows) {  // [sync-6] [storage-8]
    sell_many(40, 3, "d");
    journal.damage(7);
    open();
    run(10 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(39));
    ASSERT_THAT(journal.rows("erp"), SizeIs(1));
    EXPECT_EQ(journal.rows("erp").front().number, 7);
    EXPECT_THAT(journal.rows("erp").front().reason, testing::HasSubstr("from the disk"));
    EXPECT_EQ(journal.cursor("erp"), 40);
    ASSERT_TRUE(journal.retry("erp", 7));
    wake_all();
    run(30 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(39)) << "an empty body must never leave";
    ASSERT_TRUE(journal.repair("erp", 7, R"({"id":"d6","total":9})"));
    wake_all();
    run(30 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(40));
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
}

TEST_F(DestinationWorld, a_service_that_fails_half_of_the_time_holds_nothing) {  // [sync-5]
    sell_many(2000, 8);
    fakes::SeededRandom dice(99);
    fault = [&](const auto&, const auto&) -> std::optional<HttpResponse> {
        return dice.below(2) == 0 ? std::optional(fakes::http_answer(500)) : std::nullopt;
    };
    open();
    run(120 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(2000));
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
    expect_order_per_till("erp");
}

TEST_F(DestinationWorld, rejecting_everything_is_not_believed_for_long) {  // [sync-6]
    sell_many(1000);
    fault = [](const auto&, const auto&) { return fakes::http_answer(400, "unsupported version"); };
    open();
    run(2 * kHour);
    EXPECT_LE(journal.rows("erp").size(), 20U);
    EXPECT_EQ(destinations[0]->status().cause, "service");
    fault = nullptr;
    run(600 * kSecond);
    EXPECT_EQ(delivered("erp").size() + journal.rows("erp").size(), 1000U);
}

TEST_F(DestinationWorld, waiting_for_a_login_takes_no_processor_time) {  // [sync-5]
    sell_many(10);
    cut = true;
    auto with_login = config();
    with_login.oauth.auth = ClientAuth::kClientSecretBasic;
    with_login.oauth.token_url = "https://erp.example/token";
    with_login.oauth.client_id = "store";
    with_login.oauth.client_secret = "secret";
    open(std::move(with_login));
    run(kHour);  // the loop throws when somebody is busy without end
    EXPECT_LT(attempts, 500U);
}

}  // namespace
}  // namespace tillkeeper::sync
