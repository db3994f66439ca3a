// Simulated tills against a real broker, with an echo instead of the agent.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include "tests/till/echo_agent.h"
#include "tests/till/outbox.h"
#include "tests/till/sales_generator.h"
#include "tests/till/test_broker.h"
#include "tests/till/till.h"
#include "tests/till/till_loop.h"

namespace tillkeeper::till {
namespace {

class TillBus : public testing::Test {
  protected:
    void add_tills(std::size_t count, std::int64_t sales, std::size_t window, std::chrono::milliseconds timeout) {
        source_ = std::make_unique<SalesGenerator>(GeneratorOptions{.seed = 5, .tills = count, .transactions = sales});
        for (std::size_t i = 0; i < count; ++i) {
            TillOptions options{.broker = broker_.address(), .user = broker_.user("till-" + std::to_string(i + 1))};
            options.version = i % 2 == 0 ? MqttVersion::k5 : MqttVersion::k311;
            options.index = i;
            options.tills = count;
            options.window = window;
            options.timeout = timeout;
            TillEvents events;
            events.answered = [this](const std::string& id, const Answer&, std::optional<Duration>) { ++answers_[id]; };
            loop_.add(std::make_unique<Till>(options, *source_, pace_, tally_, random_, std::move(events)));
        }
    }
    void listen(EchoAgent::Say say) {
        auto made = EchoAgent::connect(broker_.address(), broker_.user("tillkeeper"), std::move(say));
        ASSERT_TRUE(made);
        agent_ = std::move(*made);
        while (!agent_->listening()) ASSERT_TRUE(agent_->turn(100));
    }
    bool turn_until(const std::function<bool()>& condition) {
        const auto deadline = monotonic_now() + std::chrono::seconds(60);
        while (!condition() && monotonic_now() < deadline) {
            loop_.turn(std::chrono::milliseconds(1));
            if (agent_ && !agent_->turn(0)) agent_.reset();
        }
        return condition();
    }

    TestBroker broker_{4};
    Pace pace_;
    Tally tally_;
    fakes::SeededRandom random_{9};
    std::unique_ptr<SalesSource> source_;
    std::map<std::string, int> answers_;
    TillLoop loop_;
    std::unique_ptr<EchoAgent> agent_;
};

TEST_F(TillBus, EverySaleIsAnsweredOverBothVersions) {
    listen(EchoAgent::accepted);
    add_tills(4, 400, 8, std::chrono::seconds(30));
    ASSERT_TRUE(turn_until([&] { return loop_.done(); }));
    EXPECT_EQ(tally_.sold, 400);
    EXPECT_EQ(tally_.of(Outcome::kAccepted), 400);
    EXPECT_EQ(agent_->heard(), 400) << "nothing was handed over twice";
}

TEST_F(TillBus, WhatIsNotAnsweredIsHandedOverAgain) {
    std::map<std::string, int> heard;
    listen([&](const std::string& id, std::int64_t number) {
        return ++heard[id] < 3 ? std::string() : EchoAgent::accepted(id, number);
    });
    add_tills(2, 20, 4, std::chrono::milliseconds(100));
    ASSERT_TRUE(turn_until([&] { return loop_.done(); }));
    EXPECT_EQ(tally_.of(Outcome::kAccepted), 20);
    for (const auto& [id, times] : heard) EXPECT_GE(times, 3) << id;
}

TEST_F(TillBus, CarriesOnOverAKilledBrokerAndAgent) {
    listen(EchoAgent::accepted);
    add_tills(4, 600, 8, std::chrono::milliseconds(500));
    for (const std::int64_t at : {100, 250}) {
        ASSERT_TRUE(turn_until([&] { return tally_.of(Outcome::kAccepted) >= at; }));
        broker_.kill();
        ASSERT_TRUE(turn_until([&] { return !agent_ && !loop_.tills().front()->online(); }));
        broker_.start();
        listen(EchoAgent::accepted);
    }
    ASSERT_TRUE(turn_until([&] { return tally_.of(Outcome::kAccepted) >= 400; }));
    agent_.reset();  // dies without a word
    ASSERT_TRUE(turn_until([&] { return loop_.tills().front()->sent_again() > 0; }));
    listen(EchoAgent::accepted);
    ASSERT_TRUE(turn_until([&] { return loop_.done(); }));
    EXPECT_EQ(tally_.sold, 600);
    EXPECT_EQ(tally_.of(Outcome::kAccepted), 600);
    EXPECT_EQ(answers_.size(), 600U);
    EXPECT_GE(tally_.reconnects, 2);  // a till that is slow to come back may miss a short-lived broker
}

TEST_F(TillBus, RefusedForNowIsTriedAgainRefusedForGoodIsNot) {
    int refusals = 0;
    std::string never;
    listen([&](const std::string& id, std::int64_t number) {
        const std::string start = R"({"reply_to":"transaction","id":")" + id + R"(","outcome":"refused","problem":)";
        if (never.empty() || id == never) {
            never = id;
            return start + R"("contains_card_number","retry_after_ms":null})";
        }
        return ++refusals <= 10 ? start + R"("busy","retry_after_ms":5})" : EchoAgent::accepted(id, number);
    });
    add_tills(1, 50, 4, std::chrono::seconds(30));
    ASSERT_TRUE(turn_until([&] { return loop_.done(); }));
    EXPECT_EQ(tally_.of(Outcome::kAccepted), 49);
    EXPECT_EQ(tally_.of(Outcome::kRefused), 1);
    EXPECT_EQ(tally_.refused_for_now, 10);
}

TEST_F(TillBus, SellsAtThePaceAndPauses) {
    listen(EchoAgent::accepted);
    pace_.per_second = 200;
    add_tills(2, 10'000, 8, std::chrono::seconds(30));
    ASSERT_TRUE(turn_until([&] { return loop_.tills()[0]->online() && loop_.tills()[1]->online(); }));
    const auto start = monotonic_now();
    const auto before = tally_.sold;
    ASSERT_TRUE(turn_until([&] { return tally_.sold >= before + 100; }));
    EXPECT_GT(monotonic_now() - start, std::chrono::milliseconds(400));
    pace_.paused = true;
    ASSERT_TRUE(turn_until([&] { return tally_.sold == tally_.of(Outcome::kAccepted); }));
    const auto sold = tally_.sold;
    const auto until = monotonic_now() + std::chrono::milliseconds(100);
    static_cast<void>(turn_until([&] { return monotonic_now() > until; }));
    EXPECT_EQ(tally_.sold, sold);
}

TEST(Outbox, KilledTillsCarryOnWhereTheyWere) {
    std::string pattern = (std::filesystem::temp_directory_path() / "till-outbox-XXXXXX").string();
    const std::string folder = ::mkdtemp(pattern.data());
    const std::string path = folder + "/outbox";
    {
        auto outbox = Outbox::open(path, 2);
        ASSERT_TRUE(outbox);
        for (const char* id : {"a", "b", "c"})
            outbox->sold(1, {.id = id, .body = "{\t}", .business_day = "2026-01-01", .total = -5});
        outbox->settled(1, "b", Outcome::kDuplicate);
    }
    std::ofstream(path, std::ios::app) << "sold\t1\ttorn";
    for (int life = 0; life < 2; ++life) {
        auto outbox = Outbox::open(path, 2);
        ASSERT_TRUE(outbox);
        const auto& past = outbox->past();
        EXPECT_EQ(past.sold, (std::vector<std::int64_t>{0, 3}));
        ASSERT_EQ(past.waiting[1].size(), 2U);
        EXPECT_EQ(past.waiting[1][1].id, "c");
        EXPECT_EQ(past.waiting[1][1].body, "{\t}");
        EXPECT_EQ(past.tally.of(Outcome::kDuplicate), 1);
        EXPECT_EQ(past.tally.amount_by_day.at("2026-01-01"), -15);
    }
    EXPECT_FALSE(Outbox::open(path, 1)) << "it tells of a second till";
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tillkeeper::till
