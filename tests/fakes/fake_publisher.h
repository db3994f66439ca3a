// FakePublisher: an MqttPublisher whose broker is a function of the test.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "platform/event_loop.h"
#include "platform/mqtt_publisher.h"

namespace tillkeeper::fakes {

// What the broker makes of a batch. Nothing: it is silent until the exchange is given up.
using FakeBroker = std::function<std::optional<MqttOutcome>(const MqttLogin&, const std::vector<MqttPublication>&)>;

class FakePublisher final : public MqttPublisher {
  public:
    // `swallowed`: what exchanges say of the network.
    FakePublisher(EventLoop& loop, FakeBroker& broker, const bool& swallowed)
        : loop_(loop), broker_(broker), swallowed_(swallowed) {}

    [[nodiscard]] std::unique_ptr<MqttExchange> publish(MqttLogin login, std::vector<MqttPublication> messages,
                                                        Duration timeout, Callback done) override {
        auto outcome = broker_(login, messages);
        const Duration latency = outcome ? Duration(std::chrono::milliseconds(5)) : timeout;
        if (!outcome) {
            outcome.emplace();
            outcome->acknowledged.assign(messages.size(), MqttOutcome::kSilence);
            outcome->failure = TransportFailure::kTimeout;
        }
        auto exchange = std::make_unique<Exchange>(swallowed_);
        exchange->timer = loop_.after(
            latency, [done = std::move(done), outcome = std::move(*outcome)]() mutable { done(std::move(outcome)); });
        return exchange;
    }

  private:
    struct Exchange final : MqttExchange {
        explicit Exchange(const bool& in_vain) : swallowed(in_vain) {}
        [[nodiscard]] bool unheard() const override { return swallowed; }
        const bool& swallowed;
        Timer timer;
    };

    EventLoop& loop_;
    FakeBroker& broker_;
    const bool& swallowed_;
};

}  // namespace tillkeeper::fakes
