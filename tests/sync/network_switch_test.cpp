// The way to the cloud that people can cut. [agent-36]
#include "sync/network_switch.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http.h"
#include "tests/fakes/fake_loop.h"
#include "tests/fakes/fake_publisher.h"

namespace tillkeeper::sync {
namespace {

class NetworkSwitchTest : public testing::Test {
  protected:
    std::unique_ptr<HttpCall> ask() {
        return network_.send({}, [this](HttpResponse response) { answer_ = std::move(response); });
    }

    fakes::FakeClock clock_;
    fakes::FakeLoop loop_{clock_};
    fakes::FakeHttp http_{loop_};
    NetworkSwitch network_{http_, loop_};
    std::optional<HttpResponse> answer_;
};

TEST_F(NetworkSwitchTest, NothingLeavesWhileItIsOff) {
    network_.turn(false);
    const auto call = ask();
    EXPECT_FALSE(answer_) << "never from inside send()";
    loop_.run_until_idle();
    ASSERT_TRUE(answer_);
    EXPECT_EQ(answer_->failure, TransportFailure::kByStaff);
    EXPECT_TRUE(http_.requests.empty());

    network_.turn(true);
    http_.will_answer(fakes::http_answer(204));
    const auto later = ask();
    loop_.run_until_idle();
    EXPECT_EQ(answer_->status, 204);
}

TEST_F(NetworkSwitchTest, WhatIsUnderWayComesToItsEnd) {
    const auto call = ask();
    network_.turn(false);
    EXPECT_TRUE(http_.answer(0, fakes::http_answer(200)));
    loop_.run_until_idle();
    ASSERT_TRUE(answer_);
    EXPECT_EQ(answer_->status, 200);
}

TEST_F(NetworkSwitchTest, ACallThatIsGivenUpIsNotAnswered) {
    network_.turn(false);
    ask().reset();
    loop_.run_until_idle();
    EXPECT_FALSE(answer_);
}

TEST_F(NetworkSwitchTest, ABrokerHearsNothingEither) {
    int heard = 0;
    const bool swallowed = false;
    fakes::FakeBroker broker = [&](const MqttLogin&, const std::vector<MqttPublication>& messages) {
        ++heard;
        return MqttOutcome{.acknowledged = std::vector<int>(messages.size(), 0)};
    };
    const auto publisher = network_.behind(std::make_unique<fakes::FakePublisher>(loop_, broker, swallowed));
    std::optional<MqttOutcome> outcome;
    const auto publish = [&] {
        return publisher->publish({}, {{}, {}}, std::chrono::seconds(1),
                                  [&](MqttOutcome told) { outcome = std::move(told); });
    };
    network_.turn(false);
    const auto unsent = publish();
    loop_.run_until_idle();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->failure, TransportFailure::kByStaff);
    EXPECT_EQ(outcome->acknowledged, (std::vector<int>{MqttOutcome::kSilence, MqttOutcome::kSilence}));
    EXPECT_EQ(heard, 0);

    network_.turn(true);
    const auto sent = publish();
    loop_.advance(std::chrono::milliseconds(10));
    EXPECT_EQ(outcome->acknowledged, (std::vector<int>{0, 0}));
}

}  // namespace
}  // namespace tillkeeper::sync
