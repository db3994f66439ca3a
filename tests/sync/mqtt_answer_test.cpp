// What a broker's words mean, and which topic a transaction goes to.
#include "sync/mqtt_answer.h"

#include <gmock/gmock.h>

#include "sync/mqtt_topic.h"

namespace tillkeeper::sync {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

BatchAnswer acknowledged(std::vector<int> reasons, bool needs_subscriber = true) {
    MqttOutcome outcome;
    outcome.acknowledged = std::move(reasons);
    return read_mqtt_answer(outcome, needs_subscriber);
}

MqttOutcome silence(TransportFailure failure, int refused = 0) {
    MqttOutcome outcome;
    outcome.acknowledged = {MqttOutcome::kSilence, MqttOutcome::kSilence};
    outcome.failure = failure;
    outcome.refused = refused;
    return outcome;
}

TEST(MqttAnswer, OnlyAnAcknowledgementIsADelivery) {  // [sync-4]
    EXPECT_EQ(acknowledged({0, 0}).answer.kind, AnswerKind::kDelivered);
    EXPECT_THAT(acknowledged({0, 0}).items, IsEmpty()) << "there is nothing to add";
    MqttOutcome half = silence(TransportFailure::kBroken);
    half.acknowledged = {0, MqttOutcome::kSilence, 0};
    const auto answer = read_mqtt_answer(half, true);
    ASSERT_THAT(answer.items, SizeIs(3));
    EXPECT_EQ(answer.items[1].kind, AnswerKind::kAgain);
    EXPECT_EQ(answer.items[2].kind, AnswerKind::kDelivered);
    EXPECT_EQ(failure_of(half), TransportFailure::kNone) << "it was there";
}

TEST(MqttAnswer, WhatNobodySubscribesToWasNotKept) {
    const auto answer = acknowledged({0x10, 0x10}).answer;
    EXPECT_EQ(answer.kind, AnswerKind::kAgain);
    EXPECT_EQ(answer.cause, "service");
    EXPECT_FALSE(answer.suspicious) << "the content is not at fault";
    EXPECT_THAT(answer.reason, HasSubstr("nobody subscribes"));
    EXPECT_EQ(acknowledged({0x10}, false).answer.kind, AnswerKind::kDelivered);
}

TEST(MqttAnswer, OfAMessageIsOneOfTheFourKinds) {
    for (const int reason : {0x90, 0x95, 0x99})
        EXPECT_EQ(acknowledged({reason}).answer.kind, AnswerKind::kRejected) << reason;
    for (const int reason : {0x80, 0x83, 0x91, 0x97, 0x9B, 0xFF})
        EXPECT_EQ(acknowledged({reason}).answer.kind, AnswerKind::kAgain) << reason;
    EXPECT_EQ(acknowledged({0x87}).answer.kind, AnswerKind::kAgain) << "a right to the topic: another token has none";
    EXPECT_EQ(acknowledged({0x87}).answer.cause, "login");
    EXPECT_TRUE(acknowledged({0x97}).answer.too_many);
    EXPECT_TRUE(acknowledged({0x83}).answer.suspicious);
    const auto one = acknowledged({0, 0x95});
    ASSERT_THAT(one.items, SizeIs(2));
    EXPECT_EQ(one.items[1].kind, AnswerKind::kRejected);
    EXPECT_THAT(acknowledged({0x95, 0x95}).items, IsEmpty()) << "a broker that takes nothing condemns nobody";
}

TEST(MqttAnswer, ARefusedConnectionSaysWhy) {
    const auto of = [](int refused) {
        return read_mqtt_answer(silence(TransportFailure::kBroken, refused), true).answer;
    };
    for (const int reason : {0x86, 0x87, 0x8C}) EXPECT_EQ(of(reason).kind, AnswerKind::kUnauthorised) << reason;
    EXPECT_EQ(of(0x8A).cause, "login");
    EXPECT_EQ(of(0x8A).kind, AnswerKind::kAgain);
    for (const int reason : {0x90, 0x95, 0x99}) EXPECT_EQ(of(reason).kind, AnswerKind::kRejected) << reason;
    for (const int reason : {0x96, 0x97, 0x9F}) EXPECT_TRUE(of(reason).too_many) << reason;
    for (const int reason : {0x81, 0x84, 0x88, 0x89, 0x8B, 0x8E, 0x98, 0xA0}) {
        EXPECT_EQ(of(reason).kind, AnswerKind::kAgain) << reason;
        EXPECT_EQ(of(reason).cause, "service") << reason;
    }
    EXPECT_EQ(failure_of(silence(TransportFailure::kBroken, 0x89)), TransportFailure::kNone) << "it was there";
}

TEST(MqttAnswer, ANetworkThatFailsIsNoWordOfTheBroker) {  // [sync-5]
    const auto of = [](TransportFailure failure) { return read_mqtt_answer(silence(failure), true).answer; };
    EXPECT_EQ(of(TransportFailure::kNoDns).cause, "no_dns");
    EXPECT_EQ(of(TransportFailure::kNoRoute).cause, "no_route");
    EXPECT_EQ(of(TransportFailure::kTls).cause, "tls");
    EXPECT_EQ(of(TransportFailure::kRefused).cause, "service");
    EXPECT_FALSE(of(TransportFailure::kRefused).suspicious);
    EXPECT_TRUE(of(TransportFailure::kBroken).suspicious) << "a broker of 3.1.1 can say no in no other way";
    EXPECT_EQ(failure_of(silence(TransportFailure::kNoRoute)), TransportFailure::kNoRoute);
}

storage::Entry sale(const std::string& type) {
    storage::Entry entry;
    entry.till = "till-1";
    entry.type = type;
    return entry;
}

TEST(MqttTopic, NamesStoreTillAndType) {
    EXPECT_EQ(topic_of("stores/{store}/{till}/{type}", "0042", sale("sale")), "stores/0042/till-1/sale");
    EXPECT_EQ(topic_of("sales", "0042", sale("sale")), "sales");
    EXPECT_EQ(topic_of("{type}{till}", "0042", sale("sale")), "saletill-1");
    EXPECT_EQ(topic_of("a/{type}", "0042", sale("x/+/#\n\u00E9")), "a/x_______") << "no value adds a level";
    EXPECT_EQ(topic_of("{store}/{type}", "0042", sale("")), "0042/_");
}

TEST(MqttTopic, IsCheckedBeforeItIsUsed) {
    for (const auto* good : {"a", "stores/{store}", "/{till}/", "K\u00E4se/{type}"})
        EXPECT_TRUE(check_topic_template(good)) << good;
    for (const auto* bad :
         {"", "$SYS/a", "a/+", "#", "a\nb", "{store", "store}", "{}", "{Store}", "{id}", "{a{store}}", "\xFF"})
        EXPECT_FALSE(check_topic_template(bad)) << bad;
    EXPECT_FALSE(check_topic_template(std::string_view("a\0b", 3)));
    EXPECT_FALSE(check_topic_template(std::string(1025, 'a')));
}

}  // namespace
}  // namespace tillkeeper::sync
