#include "sync/mqtt_answer.h"

#include <algorithm>

namespace tillkeeper::sync {
namespace {

constexpr int kNoMatchingSubscribers = 0x10;
constexpr int kUnspecified = 0x80;
constexpr int kImplementationSpecific = 0x83;
constexpr int kBadUsernameOrPassword = 0x86;
constexpr int kNotAuthorized = 0x87;
constexpr int kBanned = 0x8A;
constexpr int kBadAuthenticationMethod = 0x8C;
constexpr int kTopicNameInvalid = 0x90;
constexpr int kPacketTooLarge = 0x95;
constexpr int kMessageRateTooHigh = 0x96;
constexpr int kQuotaExceeded = 0x97;
constexpr int kPayloadFormatInvalid = 0x99;
constexpr int kConnectionRateExceeded = 0x9F;

bool speaks_about_content(int reason) {
    return reason == kTopicNameInvalid || reason == kPacketTooLarge || reason == kPayloadFormatInvalid;
}

bool asks_for_fewer(int reason) {
    return reason == kMessageRateTooHigh || reason == kQuotaExceeded || reason == kConnectionRateExceeded;
}

// Codes that say that something is wrong, and not what: the content may be it.
bool suspicious(int reason) {
    return reason >= kUnspecified && reason <= kImplementationSpecific;
}

std::string name_of(int reason) {
    switch (reason) {
        case kNoMatchingSubscribers:
            return "nobody subscribes to the topic, so the broker kept nothing";
        case kBadUsernameOrPassword:
            return "bad user name or password";
        case kNotAuthorized:
            return "not authorized";
        case kBanned:
            return "banned";
        case kTopicNameInvalid:
            return "topic name invalid";
        case kPacketTooLarge:
            return "packet too large";
        case kQuotaExceeded:
            return "quota exceeded";
        case kPayloadFormatInvalid:
            return "payload format invalid";
        default:
            return "reason code " + std::to_string(reason);
    }
}

Answer again(int reason, std::string_view cause) {
    return {.kind = AnswerKind::kAgain,
            .reason = "MQTT " + name_of(reason),
            .cause = std::string(cause),
            .retry_after = {},
            .suspicious = suspicious(reason),
            .too_many = asks_for_fewer(reason)};
}

Answer rejected(int reason) {
    return {.kind = AnswerKind::kRejected, .reason = "MQTT " + name_of(reason), .cause = {}};
}

Answer of_message(int reason, bool needs_subscriber) {
    const bool taken = reason == 0 || (reason == kNoMatchingSubscribers && !needs_subscriber);
    if (taken) return {.kind = AnswerKind::kDelivered, .reason = {}, .cause = {}};
    if (speaks_about_content(reason)) return rejected(reason);
    return again(reason, reason == kNotAuthorized ? "login" : "service");
}

Answer of_connection(int reason) {
    if (reason == kBadUsernameOrPassword || reason == kNotAuthorized || reason == kBadAuthenticationMethod)
        return {.kind = AnswerKind::kUnauthorised, .reason = "MQTT " + name_of(reason), .cause = "login"};
    if (speaks_about_content(reason)) return rejected(reason);
    return again(reason, reason == kBanned ? "login" : "service");
}

Answer of_silence(const MqttOutcome& outcome) {
    if (outcome.refused != 0) return of_connection(outcome.refused);
    HttpResponse nothing;
    nothing.failure = outcome.failure == TransportFailure::kNone ? TransportFailure::kBroken : outcome.failure;
    nothing.failure_text = outcome.failure_text;
    return classify(nothing, WallTime());
}

}  // namespace

BatchAnswer read_mqtt_answer(const MqttOutcome& outcome, bool needs_subscriber) {
    std::vector<Verdict> verdicts;
    for (const int reason : outcome.acknowledged)
        verdicts.push_back(
            {.answer = reason == MqttOutcome::kSilence ? of_silence(outcome) : of_message(reason, needs_subscriber),
             .document = {}});
    return one_by_one(std::move(verdicts));
}

TransportFailure failure_of(const MqttOutcome& outcome) {
    const bool said = outcome.refused != 0 || std::ranges::any_of(outcome.acknowledged, [](int reason) {
                          return reason != MqttOutcome::kSilence;
                      });
    return said ? TransportFailure::kNone : outcome.failure;
}

}  // namespace tillkeeper::sync
