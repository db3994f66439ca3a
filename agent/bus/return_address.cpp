#include "agent/bus/return_address.h"

#include <utility>

#include "agent/bus/topics.h"

namespace tillkeeper::agent {
namespace {

constexpr Duration kRetryBusy = std::chrono::milliseconds(500);
constexpr Duration kRetryFull = std::chrono::seconds(5);
constexpr std::size_t kCorrelationBytesMax = 1024;

}  // namespace

ReturnAddress return_address(std::string_view till, MqttMessage& message) {
    ReturnAddress to{replies_topic(till), std::move(message.correlation_data)};
    if (!message.response_topic.empty()) {
        to.foreign = !is_own_topic(till, message.response_topic);
        if (!to.foreign) to.topic = std::move(message.response_topic);
    }
    if (to.correlation_data.size() > kCorrelationBytesMax) {
        to.correlation_data.clear();
        to.foreign = true;
    }
    return to;
}

MqttMessage addressed(ReturnAddress to, std::string payload) {
    MqttMessage message;
    message.topic = std::move(to.topic);
    message.payload = std::move(payload);
    message.correlation_data = std::move(to.correlation_data);
    return message;
}

Problem foreign_address() {
    return {
        "not-yours", "Answer asked for outside the till's own name",
        "The Response Topic must lie below the till's own name, where the till says nothing itself; Correlation Data "
        "may have 1,024 bytes and is not repeated when it has more.",
        ""};
}

std::optional<Duration> retry_after(Refusal refusal) {
    if (refusal == Refusal::kBusy) return kRetryBusy;
    if (refusal == Refusal::kStorageFull) return kRetryFull;
    return std::nullopt;
}

}  // namespace tillkeeper::agent
