#include "platform/mqtt.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "platform/linux-arm/mosquitto_client.h"
#include "tests/fakes/seeded_random.h"
#include "tests/platform/broker.h"
#include "tests/platform/driven_loop.h"

namespace tillkeeper {
namespace {

// A client, and what it was told.
struct Peer {
    Peer(DrivenLoop& loop, int port, std::string id, std::string filter = {}, MqttMessage will = {}) {
        MqttOptions options;
        options.port = port;
        options.client_id = std::move(id);
        options.will = std::move(will);
        client = make_mqtt_client(*loop, random, options);
        if (!filter.empty()) client->subscribe(filter);
        client->on({.connected = [this] { ++connects; },
                    .disconnected = [this](std::string_view reason) { losses.emplace_back(reason); },
                    .message =
                        [this](MqttMessage message) {
                            received.push_back(std::move(message));
                            if (on_message) on_message(received.back());
                        }});
        client->start();
    }

    fakes::SeededRandom random{7};
    std::unique_ptr<MqttClient> client;
    int connects = 0;
    std::vector<std::string> losses;
    std::vector<MqttMessage> received;
    std::function<void(const MqttMessage&)> on_message;
};

MqttMessage message(std::string topic, std::string payload) {
    MqttMessage made;
    made.topic = std::move(topic);
    made.payload = std::move(payload);
    return made;
}

class Mqtt : public testing::Test {
  protected:
    Broker broker_;
    DrivenLoop loop_;
};

TEST_F(Mqtt, CarriesPayloadRetainAndReplyPath) {
    Peer a(loop_, broker_.port(), "a", "to/a/#");
    Peer b(loop_, broker_.port(), "b");
    ASSERT_TRUE(loop_.until([&] { return a.connects == 1 && b.connects == 1; }));
    MqttMessage sent = message("to/a/x", std::string("zero\0byte", 9));
    sent.response_topic = "to/b/replies";
    sent.correlation_data = std::string("\0\1\2", 3);
    sent.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    ASSERT_TRUE(b.client->publish(sent).has_value());
    ASSERT_TRUE(loop_.until([&] { return a.received.size() == 1; }));
    EXPECT_EQ(a.received[0].traceparent, sent.traceparent);
    EXPECT_EQ(a.received[0].topic, sent.topic);
    EXPECT_EQ(a.received[0].payload, sent.payload);
    EXPECT_EQ(a.received[0].response_topic, sent.response_topic);
    EXPECT_EQ(a.received[0].correlation_data, sent.correlation_data);
    EXPECT_FALSE(a.received[0].retain);
}

TEST_F(Mqtt, ATraceparentThatIsTooLongIsNone) {
    Peer a(loop_, broker_.port(), "a", "to/a/#");
    Peer b(loop_, broker_.port(), "b");
    ASSERT_TRUE(loop_.until([&] { return a.connects == 1 && b.connects == 1; }));
    MqttMessage sent = message("to/a/x", "1");
    sent.traceparent = std::string(65, '0');
    ASSERT_TRUE(b.client->publish(sent).has_value());
    ASSERT_TRUE(loop_.until([&] { return a.received.size() == 1; }));
    EXPECT_EQ(a.received[0].traceparent, "");
}

TEST_F(Mqtt, RefusesToPublishWhileNotConnected) {
    broker_.stop(SIGTERM);
    Peer a(loop_, broker_.port(), "a");
    ASSERT_TRUE(loop_.until([&] { return !a.losses.empty(); }));
    EXPECT_EQ(a.client->publish(message("x", "1")).error().code, ErrorCode::kUnavailable);
    EXPECT_FALSE(a.client->connected());
}

TEST_F(Mqtt, SaysTheReasonOnceWhileItStaysTheSame) {
    broker_.stop(SIGTERM);
    Peer a(loop_, broker_.port(), "a");
    ASSERT_TRUE(loop_.until([&] { return !a.losses.empty(); }));
    loop_.turn(std::chrono::milliseconds(500));
    EXPECT_EQ(a.losses, std::vector<std::string>{"Connection refused"});
}

// Who hears "connected" may ask for sales: they must find a listener.
TEST_F(Mqtt, WhoIsConnectedIsHeard) {
    Peer teller(loop_, broker_.port(), "teller");
    ASSERT_TRUE(loop_.until([&] { return teller.connects == 1; }));
    for (int i = 0; i < 20; ++i) {
        Peer a(loop_, broker_.port(), "a" + std::to_string(i), "to/a");
        // While it has not said so it does not listen: the control that this test looks early enough.
        while (a.connects == 0) {
            ASSERT_TRUE(teller.client->publish(message("to/a", "early")).has_value());
            loop_.turn(std::chrono::milliseconds(1));
        }
        ASSERT_TRUE(teller.client->publish(message("to/a", "now")).has_value());
        ASSERT_TRUE(loop_.until([&] { return !a.received.empty() && a.received.back().payload == "now"; }));
    }
}

// Mosquitto's plain ACL files forbid no subscription, its own plugin does.
class ForbiddingBroker : public testing::Test {
  protected:
    ~ForbiddingBroker() override { std::filesystem::remove(file_); }
    [[nodiscard]] std::string no_subscriptions() const {
        std::ofstream(file_) << R"({"defaultACLAccess":{"publishClientSend":true,"publishClientReceive":true,)"
                             << R"("subscribe":false,"unsubscribe":true}})";
        return "plugin " TILLKEEPER_MOSQUITTO_SECURITY "\nplugin_opt_config_file " + file_.string();
    }
    const std::filesystem::path file_ =
        std::filesystem::temp_directory_path() / ("no-subscriptions-" + std::to_string(getpid()));
    Broker broker_{no_subscriptions()};
    DrivenLoop loop_;
};

TEST_F(ForbiddingBroker, IsNamedOnceAndAskedAgain) {
    Peer a(loop_, broker_.port(), "a", "to/a/#");
    ASSERT_TRUE(loop_.until([&] { return !a.losses.empty(); }));
    loop_.turn(std::chrono::milliseconds(500));
    EXPECT_EQ(a.connects, 0);
    EXPECT_EQ(a.losses, std::vector<std::string>{"the broker forbids to listen to to/a/#"});
}

// [platform-1]
TEST_F(Mqtt, ComesBackAfterTheBrokerWasKilled) {
    Peer a(loop_, broker_.port(), "a", "x");
    ASSERT_TRUE(loop_.until([&] { return a.connects == 1; }));
    broker_.stop(SIGKILL);
    ASSERT_TRUE(loop_.until([&] { return a.losses.size() == 1; }));
    EXPECT_FALSE(a.client->connected());
    broker_.start();
    ASSERT_TRUE(loop_.until([&] { return a.connects == 2; }));
    // Its subscription is back although the killed broker had forgotten it.
    ASSERT_TRUE(a.client->publish(message("x", "again")).has_value());
    ASSERT_TRUE(loop_.until([&] { return a.received.size() == 1; }));
    EXPECT_EQ(a.received[0].payload, "again");
}

// [platform-2]
TEST_F(Mqtt, ReceivesWhatWasPublishedWhileItWasAway) {
    Peer b(loop_, broker_.port(), "b");
    {
        Peer a(loop_, broker_.port(), "a", "x");
        ASSERT_TRUE(loop_.until([&] { return a.connects == 1 && b.connects == 1; }));
        ASSERT_TRUE(a.client->publish(message("x", "while here")).has_value());
        ASSERT_TRUE(loop_.until([&] { return a.received.size() == 1; }));
    }  // as a process that is killed
    for (int i = 0; i < 3000; ++i) ASSERT_TRUE(b.client->publish(message("x", std::to_string(i))).has_value());
    Peer again(loop_, broker_.port(), "a", "x");
    ASSERT_TRUE(loop_.until([&] { return !again.received.empty() && again.received.back().payload == "2999"; }));
    // QoS 1: where the acknowledgement of the first one died with its connection, it comes again, ahead of the rest.
    if (again.received.front().payload == "while here") again.received.erase(again.received.begin());
    ASSERT_EQ(again.received.size(), 3000U);
    for (std::size_t i = 0; i < 3000; ++i) ASSERT_EQ(again.received[i].payload, std::to_string(i));
}

TEST_F(Mqtt, PublishesFromInsideTheMessageCallbackInOrder) {
    Peer agent(loop_, broker_.port(), "agent", "ask");
    Peer till(loop_, broker_.port(), "till", "answer");
    agent.on_message = [&](const MqttMessage& asked) {
        EXPECT_TRUE(agent.client->publish(message("answer", asked.payload)).has_value());
    };
    ASSERT_TRUE(loop_.until([&] { return agent.connects == 1 && till.connects == 1; }));
    for (int i = 0; i < 5000; ++i) ASSERT_TRUE(till.client->publish(message("ask", std::to_string(i))).has_value());
    ASSERT_TRUE(loop_.until([&] { return till.received.size() == 5000; }));
    for (std::size_t i = 0; i < 5000; ++i) ASSERT_EQ(till.received[i].payload, std::to_string(i));
}

TEST_F(Mqtt, ReceivesHalfAMebibyte) {
    Peer a(loop_, broker_.port(), "a", "x");
    ASSERT_TRUE(loop_.until([&] { return a.connects == 1; }));
    const std::string large(512 * 1024, 'L');
    ASSERT_TRUE(a.client->publish(message("x", large)).has_value());
    ASSERT_TRUE(loop_.until([&] { return a.received.size() == 1; }));
    EXPECT_EQ(a.received[0].payload, large);
}

TEST_F(Mqtt, RefusesMoreThanTheBrokerAcknowledges) {
    Peer a(loop_, broker_.port(), "a");
    ASSERT_TRUE(loop_.until([&] { return a.connects == 1; }));
    for (std::size_t i = 0; i < kUnacknowledgedMax; ++i)
        ASSERT_TRUE(a.client->publish(message("x", "1")).has_value()) << i;
    EXPECT_EQ(a.client->publish(message("x", "1")).error().code, ErrorCode::kLimit);
    // And it goes on once they are acknowledged.
    EXPECT_TRUE(loop_.until([&] { return a.client->publish(message("x", "1")).has_value(); }));
}

TEST_F(Mqtt, LeavesItsRetainedWillWhenItDiesButNotWhenItSaysGoodbye) {
    MqttMessage will = message("presence", "offline");
    will.retain = true;
    Peer watcher(loop_, broker_.port(), "watcher", "presence");
    {
        Peer polite(loop_, broker_.port(), "polite", {}, will);
        ASSERT_TRUE(loop_.until([&] { return watcher.connects == 1 && polite.connects == 1; }));
        polite.client->stop();
        EXPECT_FALSE(polite.client->connected());
    }
    {
        Peer dying(loop_, broker_.port(), "dying", {}, will);
        ASSERT_TRUE(loop_.until([&] { return dying.connects == 1; }));
        EXPECT_TRUE(watcher.received.empty());
    }
    ASSERT_TRUE(loop_.until([&] { return watcher.received.size() == 1; }));
    EXPECT_EQ(watcher.received[0].payload, "offline");
    Peer late(loop_, broker_.port(), "late", "presence");
    ASSERT_TRUE(loop_.until([&] { return late.received.size() == 1; }));
    EXPECT_TRUE(late.received[0].retain);
}

TEST_F(Mqtt, StaysAwayAfterStopFromACallback) {
    Peer a(loop_, broker_.port(), "a", "x");
    a.on_message = [&](const MqttMessage&) { a.client->stop(); };
    ASSERT_TRUE(loop_.until([&] { return a.connects == 1; }));
    ASSERT_TRUE(a.client->publish(message("x", "1")).has_value());
    ASSERT_TRUE(loop_.until([&] { return a.losses.size() == 1; }));
    loop_.turn(std::chrono::milliseconds(300));
    EXPECT_EQ(a.connects, 1);
}

TEST_F(Mqtt, RefusesTopicsThatAreNone) {
    Peer a(loop_, broker_.port(), "a");
    ASSERT_TRUE(loop_.until([&] { return a.connects == 1; }));
    EXPECT_EQ(a.client->publish(message("with/#", "1")).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(a.client->publish(message(std::string("a\0b", 3), "1")).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(a.client->publish(message("", "1")).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace tillkeeper
