// FakeMqtt: an MqttClient without a broker. A test connects, delivers and reads what was published.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "platform/mqtt.h"

namespace tillkeeper::fakes {

class FakeMqtt final : public MqttClient {
  public:
    void on(Events events) override { events_ = std::move(events); }
    void subscribe(std::string filter) override { filters.push_back(std::move(filter)); }
    void start() override { started = true; }
    void stop() override {
        started = false;
        connected_ = false;
    }
    [[nodiscard]] bool connected() const override { return connected_; }
    [[nodiscard]] Result<void> publish(MqttMessage message) override {
        if (!connected_) return fail(ErrorCode::kUnavailable, "not connected to the broker");
        if (full) return fail(ErrorCode::kLimit, "too much is waiting to be sent");
        published.push_back(std::move(message));
        return {};
    }

    // What the broker does.
    void connect() {
        connected_ = true;
        if (events_.connected) events_.connected();
    }
    void disconnect(std::string_view reason = "broker went away") {
        connected_ = false;
        if (events_.disconnected) events_.disconnected(reason);
    }
    void deliver(MqttMessage message) {
        if (events_.message) events_.message(std::move(message));
    }

    std::vector<std::string> filters;
    std::vector<MqttMessage> published;
    bool started = false;
    bool full = false;  // publish() answers kLimit

  private:
    Events events_;
    bool connected_ = false;
};

}  // namespace tillkeeper::fakes
