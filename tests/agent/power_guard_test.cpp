// What is taken, and what is not, once the power is about to fail. [agent-104]
#include "agent/power_guard.h"

#include <gmock/gmock.h>

#include <optional>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_loop.h"
#include "tests/fakes/fake_mqtt.h"
#include "tests/storage/folder.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class PowerGuardTest : public testing::Test {
  protected:
    PowerGuardTest()
        : journal_(storage::opened(folder_.options())),
          reader_(storage::reading(folder_.options())),
          writer_(storage::Writer::make(*journal_, loop_, clock_, {})),
          bus_(mqtt_, *writer_, loop_, clock_, device_, {}),
          guard_({loop_, loop_, loop_, bus_, *writer_}) {
        mqtt_.on(
            {.connected = {}, .disconnected = {}, .message = [this](MqttMessage m) { bus_.receive(std::move(m)); }});
        mqtt_.connect();
    }
    void hand_over(const std::string& id) {
        MqttMessage message;
        message.topic = "tillkeeper/v1/tills/t1/transactions";
        message.payload =
            R"({"id":")" + id + R"(","type":"sale","till_sequence":1,"occurred_at":"2026-11-20T10:42:07Z"})";
        mqtt_.deliver(std::move(message));
    }
    // The answer to such a request, once there is one.
    std::optional<ServerResponse>& ask(const std::string& body) {
        said_.reset();
        guard_.handle({.method = "POST", .path = "/power", .query = {}, .headers = {}, .body = body, .peer = {}},
                      [this](ServerResponse answer) { said_ = std::move(answer); });
        return said_;
    }
    [[nodiscard]] std::string last_answer() const {
        return mqtt_.published.empty() ? "" : mqtt_.published.back().payload;
    }

    storage::Folder folder_;
    fakes::FakeClock clock_;
    fakes::FakeLoop loop_{clock_};
    fakes::FakeMqtt mqtt_;
    fakes::FakeDevice device_;
    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;
    std::unique_ptr<storage::Writer> writer_;
    TillBus bus_;
    PowerGuard guard_;
    std::optional<ServerResponse> said_;
};

TEST_F(PowerGuardTest, WhatWasHandedOverBeforeIsSafeWhenItAnswers) {
    hand_over("before");
    auto& answer = ask(R"({"failing":true})");
    EXPECT_TRUE(guard_.failing());
    EXPECT_FALSE(answer) << "nothing is written yet";
    loop_.run_until_idle();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, R"({"safe":true})");
    EXPECT_THAT(last_answer(), HasSubstr(R"("outcome":"accepted")"));
    hand_over("after");
    loop_.run_until_idle();
    EXPECT_THAT(last_answer(), HasSubstr(R"("problem":"busy")"));
    EXPECT_EQ(reader_->bounds()->last, 1);
}

TEST_F(PowerGuardTest, WhatStillWaitsIsTurnedAwayInOrder) {
    for (int i = 0; i < 100; ++i) hand_over("sale-" + std::to_string(i));  // more than one till may have under way
    const auto& answer = ask(R"({"failing":true})");
    loop_.run_until_idle();
    ASSERT_TRUE(answer);
    const auto stored = reader_->bounds()->last;
    EXPECT_GT(stored, 0);
    EXPECT_LT(stored, 100);
    ASSERT_EQ(mqtt_.published.size(), 100U);
    for (int i = 0; i < 100; ++i)
        EXPECT_THAT(mqtt_.published[static_cast<std::size_t>(i)].payload,
                    HasSubstr(i < stored ? R"("outcome":"accepted")" : R"("problem":"busy")"))
            << i;
}

TEST_F(PowerGuardTest, SalesAreTakenAgainWhenThePowerIsBack) {
    ask(R"({"failing":true})");
    loop_.run_until_idle();
    const auto& answer = ask(R"({"failing":false})");
    loop_.run_until_idle();
    ASSERT_TRUE(answer);
    EXPECT_FALSE(guard_.failing());
    hand_over("a");
    loop_.run_until_idle();
    EXPECT_THAT(last_answer(), HasSubstr(R"("outcome":"accepted")"));
}

TEST_F(PowerGuardTest, AnAlarmThatNobodyEndsEndsByItself) {
    ask(R"({"failing":true})");
    loop_.run_until_idle();
    loop_.advance(kPowerAlarmMax - 1s);
    EXPECT_TRUE(guard_.failing());
    ask(R"({"failing":true})");  // it goes on
    loop_.run_until_idle();
    loop_.advance(kPowerAlarmMax - 1s);
    EXPECT_TRUE(guard_.failing());
    loop_.advance(2s);
    EXPECT_FALSE(guard_.failing());
    hand_over("a");
    loop_.run_until_idle();
    EXPECT_THAT(last_answer(), HasSubstr(R"("outcome":"accepted")"));
}

TEST_F(PowerGuardTest, NonsenseClosesNothing) {
    for (const char* body : {"", "{}", R"({"failing":"yes"})", "[true]"}) {
        const auto& answer = ask(body);
        loop_.run_until_idle();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 400) << body;
    }
    EXPECT_FALSE(guard_.failing());
}

}  // namespace
}  // namespace tillkeeper::agent
