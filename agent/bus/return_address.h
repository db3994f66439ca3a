// Where the answer to a till's message goes: its Response Topic, else its topic for replies; and when a refusal may be
// tried again. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/contract/problem.h"
#include "agent/contract/transaction.h"
#include "platform/clock.h"
#include "platform/mqtt.h"

namespace tillkeeper::agent {

struct ReturnAddress {
    std::string topic;             // of the till itself, whatever it asked for
    std::string correlation_data;  // to be repeated
    bool foreign = false;          // it asked for an answer elsewhere, or for more to be repeated than is: kNotYours
};

// Takes what it needs out of `message`. `till` owns the topic that it came on.
[[nodiscard]] ReturnAddress return_address(std::string_view till, MqttMessage& message);
[[nodiscard]] MqttMessage addressed(ReturnAddress to, std::string payload);
// What is told of a foreign one.
[[nodiscard]] Problem foreign_address();

// Nothing where trying again does not help.
[[nodiscard]] std::optional<Duration> retry_after(Refusal refusal);

}  // namespace tillkeeper::agent
