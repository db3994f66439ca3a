#include "agent/bus/status_topic.h"

#include <utility>

#include "agent/bus/topics.h"

namespace tillkeeper::agent {

void StatusTopic::publish(const StoreState& state) {
    MqttMessage message;
    message.topic = kStatusTopic;
    message.payload = to_json(state);
    message.retain = true;
    const bool same = message.payload == published_ && mqtt_.connected();
    if (state.store.empty() || same) return;
    std::string payload = message.payload;
    if (mqtt_.publish(std::move(message))) published_ = std::move(payload);
}

}  // namespace tillkeeper::agent
