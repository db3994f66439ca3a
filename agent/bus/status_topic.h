// StatusTopic: the store's state on the bus, retained. Thread: the till loop.
#pragma once

#include <string>

#include "agent/local/store_state.h"
#include "platform/mqtt.h"

namespace tillkeeper::agent {

class StatusTopic {
  public:
    explicit StatusTopic(MqttClient& mqtt) : mqtt_(mqtt) {}

    // Only when it says something new; nothing before the store is known.
    void publish(const StoreState& state);
    // The broker does not have it any more.
    void forget() { published_.clear(); }

  private:
    MqttClient& mqtt_;
    std::string published_;
};

}  // namespace tillkeeper::agent
