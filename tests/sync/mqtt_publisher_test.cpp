// Messages to a real Mosquitto behind TLS: what the broker says about each, and why it says nothing.
#include <gmock/gmock.h>

#include <algorithm>

#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/mosquitto_publisher.h"
#include "platform/linux-arm/service.h"
#include "tests/e2e/ports.h"
#include "tests/platform/driven_loop.h"
#include "tests/sync/tls_broker.h"

namespace tillkeeper::sync {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr int kNotAuthorized = 0x87;
constexpr int kNobody = 0x10;
constexpr int kTooLarge = 0x95;

const MqttLogin kStore{.username = "store", .password = "s e+c:ret%"};

std::vector<MqttPublication> messages(int count, const std::string& topic = "sales") {
    std::vector<MqttPublication> made;
    for (int i = 0; i < count; ++i) made.push_back({.topic = topic, .payload = std::to_string(i)});
    return made;
}

class PublisherTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { ignore_broken_pipes(); }

    std::unique_ptr<MqttPublisher> publisher(std::vector<MqttAddress> addresses, bool version5 = true,
                                             const std::string& ca = {}) {
        MqttBroker at;
        at.addresses = std::move(addresses);
        at.client_id = "store-0042";
        at.version5 = version5;
        at.ca_file = ca.empty() ? broker.ca() : ca;
        at.connect_timeout = std::chrono::seconds(20);
        return make_mqtt_publisher(*loop, *http, std::move(at));
    }
    MqttOutcome publish(MqttPublisher& by, std::vector<MqttPublication> all, const MqttLogin& login = kStore,
                        Duration timeout = std::chrono::seconds(60)) {
        std::optional<MqttOutcome> outcome;
        const auto exchange =
            by.publish(login, std::move(all), timeout, [&](MqttOutcome told) { outcome = std::move(told); });
        EXPECT_FALSE(outcome) << "told from inside publish()";
        EXPECT_TRUE(loop.until([&] { return outcome.has_value(); }, std::chrono::seconds(90)));
        return outcome.value_or(MqttOutcome());
    }
    bool hears(Subscriber& subscriber, std::size_t count) {
        return loop.until([&] { return subscriber.read().size() >= count; });
    }

    TlsBroker broker;
    DrivenLoop loop;
    std::unique_ptr<HttpClient> http = make_http_client(*loop);
};

TEST_F(PublisherTest, EachIsAcknowledgedAndArrivesInOrderWithItsProperties) {
    Subscriber all(broker.plain_port(), "#");
    const auto by = publisher({broker.address()});
    auto sent = messages(500);
    sent[7].content_type = "application/json";
    sent[7].user_properties = {{"id", "a-7"}, {"note", "K\u00E4se \"100%\""}};
    const auto outcome = publish(*by, sent);
    EXPECT_EQ(outcome.failure, TransportFailure::kNone) << outcome.failure_text;
    EXPECT_THAT(outcome.acknowledged, SizeIs(500));
    EXPECT_THAT(outcome.acknowledged, Each(0));
    ASSERT_TRUE(hears(all, 500));
    const auto& heard = all.read();
    for (std::size_t i = 0; i < heard.size(); ++i) EXPECT_EQ(heard[i].payload, std::to_string(i));
    EXPECT_EQ(heard[7].content_type, "application/json");
    EXPECT_THAT(heard[7].properties, Contains(Pair("note", "K\u00E4se \"100%\"")));
    EXPECT_THAT(heard[7].properties, Contains(Pair("id", "a-7")));
}

TEST_F(PublisherTest, OfVersion311ArrivesWithoutProperties) {
    Subscriber all(broker.plain_port(), "#");
    const auto by = publisher({broker.address()}, false);
    auto sent = messages(3);
    sent[0].content_type = "application/json";
    EXPECT_THAT(publish(*by, sent).acknowledged, ElementsAre(0, 0, 0));
    ASSERT_TRUE(hears(all, 3));
    EXPECT_EQ(all.read()[0].content_type, "");
}

TEST_F(PublisherTest, TheBrokersWordAboutEachIsTold) {
    const auto by = publisher({broker.address()});
    Subscriber some(broker.plain_port(), "some/#");
    EXPECT_THAT(publish(*by, {messages(1, "some/a")[0], messages(1, "nobody")[0]}).acknowledged,
                ElementsAre(0, kNobody));
    broker.restrict_to("user store\ntopic write some/a\n");
    // The broker reads its list when it comes to it.
    EXPECT_TRUE(loop.until([&] { return publish(*by, messages(1, "some/b")).acknowledged.at(0) == kNotAuthorized; }));
    EXPECT_THAT(publish(*by, {messages(1, "some/b")[0], messages(1, "some/a")[0]}).acknowledged,
                ElementsAre(kNotAuthorized, 0));
    EXPECT_THAT(publish(*by, messages(1, "some/+")).acknowledged, ElementsAre(0x90)) << "not even sent";
}

TEST_F(PublisherTest, WhatIsLargerThanTheBrokerTakesIsNotSent) {
    TlsBroker small("max_packet_size 2000");
    const auto by = publisher({small.address()}, true, small.ca());
    Subscriber all(small.plain_port(), "#");
    auto sent = messages(3);
    sent[1].payload = std::string(3000, 'x');
    EXPECT_THAT(publish(*by, sent).acknowledged, ElementsAre(0, kTooLarge, 0));
}

TEST_F(PublisherTest, AWrongLoginIsToldInBothVersions) {
    for (const bool version5 : {true, false}) {
        const auto by = publisher({broker.address()}, version5);
        const auto outcome = publish(*by, messages(2), {.username = "store", .password = "wrong"});
        EXPECT_THAT(outcome.acknowledged, Each(MqttOutcome::kSilence));
        EXPECT_EQ(outcome.refused, kNotAuthorized) << outcome.failure_text;
        EXPECT_THAT(outcome.failure_text, HasSubstr("ot authori"));
        EXPECT_THAT(publish(*by, messages(1)).acknowledged.at(0), ::testing::Ge(0)) << "put right";
    }
}

TEST_F(PublisherTest, AnotherLoginIsAnotherConnection) {
    const auto by = publisher({broker.address()});
    EXPECT_EQ(publish(*by, messages(1)).failure, TransportFailure::kNone);
    broker.allow("store", "the next one");
    const MqttLogin next{.username = "store", .password = "the next one"};
    EXPECT_TRUE(loop.until([&] { return publish(*by, messages(1), next).failure == TransportFailure::kNone; }));
    EXPECT_EQ(publish(*by, messages(1)).refused, kNotAuthorized) << "the old one does not count any more";
}

TEST_F(PublisherTest, ABrokerThatIsNotWhoItShouldBeGetsNothing) {
    TlsBroker other;
    const auto by = publisher({other.address()}, true, broker.ca());
    const auto outcome = publish(*by, messages(1));
    EXPECT_EQ(outcome.failure, TransportFailure::kTls) << outcome.failure_text;
    const auto elsewhere = publisher({{.host = "127.0.0.2", .port = broker.address().port}});
    EXPECT_NE(publish(*elsewhere, messages(1)).failure, TransportFailure::kNone);
}

TEST_F(PublisherTest, TheNetworksFaultsAreToldApart) {
    const auto refused = publisher({{.host = "127.0.0.1", .port = lab::free_port()}});
    EXPECT_EQ(publish(*refused, messages(1)).failure, TransportFailure::kRefused);
    const auto nameless = publisher({{.host = "broker.invalid", .port = 8883}});
    EXPECT_EQ(publish(*nameless, messages(1)).failure, TransportFailure::kNoDns);
}

TEST_F(PublisherTest, AnotherNodeIsTriedWhereOneIsNotReached) {
    Subscriber all(broker.plain_port(), "#");
    const auto by = publisher({{.host = "127.0.0.1", .port = lab::free_port()}, broker.address()});
    EXPECT_THAT(publish(*by, messages(3)).acknowledged, ElementsAre(0, 0, 0));
}

TEST_F(PublisherTest, ABrokerThatIsKilledMakesSilenceAndComesBack) {
    Subscriber all(broker.plain_port(), "#");
    const auto by = publisher({broker.address()});
    ASSERT_THAT(publish(*by, messages(1)).acknowledged, ElementsAre(0));
    broker.stop_answering();
    std::optional<MqttOutcome> outcome;
    const auto exchange = by->publish(kStore, messages(5), std::chrono::seconds(60),
                                      [&](MqttOutcome told) { outcome = std::move(told); });
    loop.turn(std::chrono::milliseconds(20));
    EXPECT_FALSE(outcome);
    broker.kill();
    ASSERT_TRUE(loop.until([&] { return outcome.has_value(); }));
    EXPECT_THAT(outcome->acknowledged, Each(MqttOutcome::kSilence));
    EXPECT_EQ(outcome->failure, TransportFailure::kBroken) << outcome->failure_text;
    EXPECT_EQ(publish(*by, messages(1)).failure, TransportFailure::kRefused);
    broker.start();
    Subscriber again(broker.plain_port(), "#");
    EXPECT_THAT(publish(*by, messages(1)).acknowledged, ElementsAre(0));
}

TEST_F(PublisherTest, ABrokerThatDoesNotAnswerIsGivenUp) {
    Subscriber all(broker.plain_port(), "#");
    const auto by = publisher({broker.address()});
    ASSERT_THAT(publish(*by, messages(1)).acknowledged, ElementsAre(0));
    broker.stop_answering();
    const auto outcome = publish(*by, messages(3), kStore, std::chrono::milliseconds(200));
    EXPECT_THAT(outcome.acknowledged, Each(MqttOutcome::kSilence));
    EXPECT_EQ(outcome.failure, TransportFailure::kTimeout);
    broker.go_on();
    EXPECT_THAT(publish(*by, messages(1)).acknowledged, ElementsAre(0));
}

TEST_F(PublisherTest, AnotherNodeIsTriedWhereOneDoesNotAcknowledge) {
    TlsBroker other;
    const auto scratch = lab::Scratch::make("publisher").value();
    const auto both = (scratch.path() / "ca.pem").string();
    ASSERT_TRUE(lab::write_file(both, lab::read_file(broker.ca()) + lab::read_file(other.ca())));
    Subscriber all(broker.plain_port(), "#");
    Subscriber others(other.plain_port(), "#");
    const auto by = publisher({broker.address(), other.address()}, true, both);
    ASSERT_THAT(publish(*by, messages(1)).acknowledged, ElementsAre(0));
    broker.stop_answering();
    EXPECT_EQ(publish(*by, messages(3), kStore, std::chrono::milliseconds(200)).failure, TransportFailure::kTimeout);
    EXPECT_THAT(publish(*by, messages(3), kStore, std::chrono::seconds(10)).acknowledged, ElementsAre(0, 0, 0));
    EXPECT_TRUE(hears(others, 3));
}

TEST_F(PublisherTest, WhoeverLosesInterestIsNotTold) {
    const auto by = publisher({broker.address()});
    bool told = false;
    by->publish(kStore, messages(3), std::chrono::seconds(60), [&](const MqttOutcome&) { told = true; }).reset();
    Subscriber all(broker.plain_port(), "#");
    EXPECT_THAT(publish(*by, messages(2)).acknowledged, ElementsAre(0, 0));
    EXPECT_FALSE(told);
}

}  // namespace
}  // namespace tillkeeper::sync
