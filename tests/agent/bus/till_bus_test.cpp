#include "agent/bus/till_bus.h"

#include <gmock/gmock.h>

#include <deque>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_loop.h"
#include "tests/fakes/fake_mqtt.h"

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;

// A journal that answers when the test says so.
class HandWriter final : public storage::Writer {
  public:
    Result<void> offer(storage::NewEntry entry, EventLoop&, Accepted done) override {
        if (full) return fail(ErrorCode::kLimit, "queue full");
        offered.push_back(std::move(entry));
        waiting.push_back(std::move(done));
        return {};
    }
    void report(storage::Progress) override {}
    void report(storage::Progress, EventLoop&, Reported) override {}
    void decide(storage::Decision, EventLoop&, Decided) override {}
    void note_clock(storage::ClockSight) override {}
    void on_growth(std::function<void(storage::JournalNumber)>) override {}
    Result<void> accepting() const override { return {}; }
    void flush() override {}

    void answer(Result<storage::Receipt> receipt) {
        auto done = std::move(waiting.front());
        waiting.pop_front();
        done(std::move(receipt));
    }
    void accept() {
        storage::Receipt receipt;
        receipt.number = ++number;
        answer(receipt);
    }

    bool full = false;
    storage::JournalNumber number = 0;
    std::vector<storage::NewEntry> offered;
    std::deque<Accepted> waiting;
};

class TillBusTest : public testing::Test {
  protected:
    TillBusTest() {
        mqtt_.on(
            {.connected = {}, .disconnected = {}, .message = [this](MqttMessage m) { bus_.receive(std::move(m)); }});
        mqtt_.connect();
    }

    static std::string sale(const std::string& id) {
        return R"({"id":")" + id + R"(","type":"sale","till_sequence":1,"occurred_at":"2026-11-20T10:42:07Z"})";
    }
    void hand_over(const std::string& till, const std::string& payload, const std::string& response_topic = "",
                   const std::string& correlation = "") {
        MqttMessage message;
        message.topic = "tillkeeper/v1/tills/" + till + "/transactions";
        message.payload = payload;
        message.response_topic = response_topic;
        message.correlation_data = correlation;
        mqtt_.deliver(std::move(message));
    }

    fakes::FakeClock clock_;
    fakes::FakeLoop loop_{clock_};
    fakes::FakeMqtt mqtt_;
    HandWriter writer_;
    fakes::FakeDevice device_;
    std::vector<Outcome> outcomes_;
    std::vector<Refusal> refusals_;
    TillBus bus_{mqtt_,
                 writer_,
                 loop_,
                 clock_,
                 device_,
                 BusObserver{[this](Outcome outcome, double) { outcomes_.push_back(outcome); },
                             [this](Refusal refusal) { refusals_.push_back(refusal); }}};
};

// [agent-1]
TEST_F(TillBusTest, AnswersOnlyAfterTheJournal) {
    hand_over("t1", sale("a"));
    EXPECT_TRUE(mqtt_.published.empty());
    ASSERT_EQ(writer_.offered.size(), 1U);
    EXPECT_EQ(writer_.offered[0].arrival.arrived_at, clock_.wall());
    writer_.accept();
    ASSERT_EQ(mqtt_.published.size(), 1U);
    EXPECT_EQ(mqtt_.published[0].topic, "tillkeeper/v1/tills/t1/replies");
    EXPECT_THAT(mqtt_.published[0].payload, HasSubstr(R"("id":"a","outcome":"accepted","journal_number":1)"));
    EXPECT_EQ(outcomes_, std::vector{Outcome::kAccepted});
}

TEST_F(TillBusTest, KeepsTheTraceThatATillBegan) {  // [sync-13]
    for (const char* trace : {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-<script>", ""}) {
        MqttMessage message;
        message.topic = "tillkeeper/v1/tills/t1/transactions";
        message.payload = sale("a");
        message.traceparent = trace;
        mqtt_.deliver(std::move(message));
        EXPECT_EQ(writer_.offered.back().traceparent, std::string_view(trace).size() == 55 ? trace : "");
    }
}

// [agent-2] An answer among what the till says would be taken for a transaction, or for its presence.
TEST_F(TillBusTest, AnswersDoNotGoWhereATillSpeaks) {
    for (const auto* said : {"transactions", "presence", "redemptions", "lookups/members", "transactions/7"}) {
        hand_over("t1", sale("a"), std::string("tillkeeper/v1/tills/t1/") + said, "c");
        EXPECT_EQ(mqtt_.published.back().topic, "tillkeeper/v1/tills/t1/replies") << said;
        EXPECT_THAT(mqtt_.published.back().payload, HasSubstr(R"("problem":"not_yours")")) << said;
    }
    EXPECT_TRUE(writer_.offered.empty());
}

TEST_F(TillBusTest, CorrelationDataBeyondItsLimitIsNotRepeated) {
    hand_over("t1", sale("a"), "", std::string(1025, 'c'));
    EXPECT_THAT(mqtt_.published.back().payload, HasSubstr("Correlation Data"));
    EXPECT_EQ(mqtt_.published.back().correlation_data, "");
}

// [storage-13] An order is handed out once, whoever asks at the same time: the journal's pot says so.
TEST_F(TillBusTest, AnOrderThatWasCollectedIsQuarantinedAndNotHandedOutAgain) {
    const auto collected = [](const std::string& id) {
        return R"({"id":")" + id +
               R"(","type":"order_collected","till_sequence":1,"occurred_at":"2026-11-20T10:42:07Z","refers_to":"O-7"})";
    };
    hand_over("t1", collected("a"));
    hand_over("t2", collected("b"));
    ASSERT_EQ(writer_.offered.size(), 2U);
    ASSERT_EQ(writer_.offered[0].spends.size(), 1U);
    EXPECT_EQ(writer_.offered[0].spends[0].limit, 1);
    EXPECT_EQ(writer_.offered[0].spends[0].pot, writer_.offered[1].spends[0].pot);
    writer_.accept();
    writer_.answer(storage::Receipt{.acceptance = storage::Acceptance::kOverspent});
    ASSERT_EQ(mqtt_.published.size(), 1U) << "nothing is told before it is stored";
    ASSERT_EQ(writer_.offered.size(), 3U);
    EXPECT_EQ(writer_.offered[2].transaction_id, "b");
    EXPECT_EQ(writer_.offered[2].kind, storage::EntryKind::kQuarantined);
    EXPECT_TRUE(writer_.offered[2].spends.empty());
    storage::Receipt receipt;
    receipt.acceptance = storage::Acceptance::kQuarantined;
    receipt.number = 2;
    writer_.answer(receipt);
    ASSERT_EQ(mqtt_.published.size(), 2U);
    EXPECT_THAT(mqtt_.published[1].payload, HasSubstr(R"("outcome":"quarantined","journal_number":2)"));
    EXPECT_THAT(mqtt_.published[1].payload, HasSubstr("already-collected"));
}

// [agent-8]
TEST_F(TillBusTest, AClockThatJumpsIsNotBelievedForAMomentLonger) {
    hand_over("t1", sale("a"));
    EXPECT_TRUE(writer_.offered.back().arrival.clock_trusted);
    device_.trusted = false;
    clock_.set_wall(WallTime(std::chrono::seconds(10)));
    hand_over("t1", sale("b"));
    EXPECT_FALSE(writer_.offered.back().arrival.clock_trusted);
}

TEST_F(TillBusTest, AnswersATillInItsOrderAlthoughRefusalsAreKnownAtOnce) {
    hand_over("t1", sale("a"));
    hand_over("t1", "not json");
    hand_over("t1", sale("b"));
    hand_over("t2", "not json");
    ASSERT_EQ(mqtt_.published.size(), 1U) << "another till does not wait";
    EXPECT_EQ(mqtt_.published[0].topic, "tillkeeper/v1/tills/t2/replies");
    writer_.accept();
    writer_.accept();
    ASSERT_EQ(mqtt_.published.size(), 4U);
    EXPECT_THAT(mqtt_.published[1].payload, HasSubstr(R"("id":"a")"));
    EXPECT_THAT(mqtt_.published[2].payload, HasSubstr(R"("problem":"malformed")"));
    EXPECT_THAT(mqtt_.published[3].payload, HasSubstr(R"("id":"b")"));
}

TEST_F(TillBusTest, HonoursResponseTopicAndCorrelationData) {
    hand_over("t1", sale("a"), "tillkeeper/v1/tills/t1/replies/7", "c-7");
    writer_.accept();
    ASSERT_EQ(mqtt_.published.size(), 1U);
    EXPECT_EQ(mqtt_.published[0].topic, "tillkeeper/v1/tills/t1/replies/7");
    EXPECT_EQ(mqtt_.published[0].correlation_data, "c-7");
}

TEST_F(TillBusTest, RefusesToAnswerOutsideTheTillsOwnName) {
    for (const std::string topic :
         {"tillkeeper/v1/tills/t2/replies", "tillkeeper/v1/status", "elsewhere", "tillkeeper/v1/tills/t1",
          "tillkeeper/v1/tills/t1/", "tillkeeper/v1/tills/t1/#", "tillkeeper/v1/tills/+/replies"}) {
        mqtt_.published.clear();
        hand_over("t1", sale("a"), topic, "c");
        ASSERT_EQ(mqtt_.published.size(), 1U) << topic;
        EXPECT_EQ(mqtt_.published[0].topic, "tillkeeper/v1/tills/t1/replies");
        EXPECT_EQ(mqtt_.published[0].correlation_data, "c");
        EXPECT_THAT(mqtt_.published[0].payload, HasSubstr(R"("problem":"not_yours","retry_after_ms":null)"));
    }
    EXPECT_TRUE(writer_.offered.empty());
}

TEST_F(TillBusTest, SaysWhenToTryAgain) {
    writer_.full = true;
    hand_over("t1", sale("a"));
    EXPECT_THAT(mqtt_.published.at(0).payload,
                HasSubstr(R"("id":"a","outcome":"refused","problem":"busy","retry_after_ms":500)"));
    EXPECT_EQ(refusals_, std::vector{Refusal::kBusy}) << "those who watch hear why";
    writer_.full = false;
    hand_over("t1", sale("b"));
    writer_.answer(fail(ErrorCode::kStorageFull, "disk full"));
    EXPECT_THAT(mqtt_.published.at(1).payload, HasSubstr(R"("problem":"storage_full","retry_after_ms":5000)"));
    hand_over("t1", sale("c"));
    writer_.answer(fail(ErrorCode::kUnavailable, "recovering"));
    EXPECT_THAT(mqtt_.published.at(2).payload, HasSubstr(R"("problem":"busy")"));
}

TEST_F(TillBusTest, IgnoresForeignTopicsAndNames) {
    for (const std::string topic :
         {"tillkeeper/v1/tills/a b/transactions", "tillkeeper/v1/tills//transactions", "x/y",
          "tillkeeper/v1/tills/t1/presence", "tillkeeper/v1/tills/0123456789012345678901234567890123/transactions"}) {
        MqttMessage message;
        message.topic = topic;
        message.payload = sale("a");
        mqtt_.deliver(std::move(message));
    }
    EXPECT_TRUE(writer_.offered.empty());
    EXPECT_TRUE(mqtt_.published.empty());
}

TEST_F(TillBusTest, SurvivesABrokerThatIsAwayWhenTheAnswerComes) {
    hand_over("t1", sale("a"));
    mqtt_.disconnect();
    writer_.accept();
    mqtt_.connect();
    hand_over("t1", sale("b"));
    writer_.accept();
    ASSERT_EQ(mqtt_.published.size(), 1U);
    EXPECT_THAT(mqtt_.published[0].payload, HasSubstr(R"("id":"b")"));
}

TEST_F(TillBusTest, ATillThatHandsOverMuchLeavesRoomForOthers) {  // [agent-14]
    for (int i = 0; i < 1000; ++i) hand_over("t1", sale("a" + std::to_string(i)));
    EXPECT_EQ(writer_.offered.size(), 64U);
    hand_over("t2", sale("b"));
    ASSERT_EQ(writer_.offered.size(), 65U) << "another till does not wait for the first";
    EXPECT_EQ(writer_.offered.back().transaction_id, "b");
    for (int i = 0; i < 1001; ++i) {
        ASSERT_FALSE(writer_.waiting.empty()) << i;
        ASSERT_LE(writer_.waiting.size(), 65U);
        writer_.accept();
    }
    ASSERT_EQ(mqtt_.published.size(), 1001U);
    for (int i = 0; i < 64; ++i)
        EXPECT_THAT(mqtt_.published[static_cast<std::size_t>(i)].payload,
                    HasSubstr("\"id\":\"a" + std::to_string(i) + '"'));
    EXPECT_THAT(mqtt_.published.back().payload, HasSubstr(R"("id":"a999")"));
}

TEST_F(TillBusTest, WhatIsBeyondTheLimitIsRefusedUnreadAndInOrder) {  // [agent-14] [agent-2]
    const std::string large = sale("a") + std::string(200'000, ' ');
    for (int i = 0; i < 200; ++i) hand_over("t1", large, "", "c" + std::to_string(i));
    while (!writer_.waiting.empty()) writer_.accept();
    ASSERT_EQ(mqtt_.published.size(), 200U);
    std::size_t taken = 0;
    for (std::size_t i = 0; i < 200; ++i) {
        EXPECT_EQ(mqtt_.published[i].correlation_data, "c" + std::to_string(i));
        taken += mqtt_.published[i].payload.contains("accepted");
    }
    EXPECT_EQ(taken, 64 + (std::size_t{16} << 20) / large.size());
    EXPECT_THAT(mqtt_.published.back().payload, HasSubstr(R"("id":null,"outcome":"refused","problem":"busy")"));
    EXPECT_THAT(mqtt_.published.back().payload, HasSubstr(R"("retry_after_ms":500)"));
}

TEST_F(TillBusTest, GarbageThatWaitsDoesNotStopWhatComesBehindIt) {  // [agent-14] [agent-2]
    for (int i = 0; i < 64; ++i) hand_over("t1", sale("a" + std::to_string(i)));
    for (int i = 0; i < 500; ++i) hand_over("t1", "not json");
    hand_over("t1", sale("last"));
    while (!writer_.waiting.empty()) {
        writer_.accept();
        loop_.run_until_idle();
    }
    ASSERT_EQ(mqtt_.published.size(), 565U);
    EXPECT_THAT(mqtt_.published.back().payload, HasSubstr(R"("id":"last","outcome":"accepted")"));
}

}  // namespace
}  // namespace tillkeeper::agent
