#include "sync/network_switch.h"

#include <utility>

namespace tillkeeper::sync {
namespace {

constexpr std::string_view kTurnedOff = "people in the store keep it offline";

// What is answered by the switch itself; cancelled with it.
struct UnsentCall final : HttpCall {
    Timer answer;
};
struct UnsentExchange final : MqttExchange {
    Timer answer;
};

class SwitchedPublisher final : public MqttPublisher {
  public:
    SwitchedPublisher(std::unique_ptr<MqttPublisher> publisher, const NetworkSwitch& network, EventLoop& loop)
        : publisher_(std::move(publisher)), network_(network), loop_(loop) {}

    std::unique_ptr<MqttExchange> publish(MqttLogin login, std::vector<MqttPublication> messages, Duration timeout,
                                          Callback done) override {
        if (network_.on()) return publisher_->publish(std::move(login), std::move(messages), timeout, std::move(done));
        auto unsent = std::make_unique<UnsentExchange>();
        unsent->answer = loop_.after({}, [count = messages.size(), done = std::move(done)]() mutable {
            MqttOutcome outcome;
            outcome.acknowledged.assign(count, MqttOutcome::kSilence);
            outcome.failure = TransportFailure::kByStaff;
            outcome.failure_text = kTurnedOff;
            done(std::move(outcome));
        });
        return unsent;
    }

  private:
    std::unique_ptr<MqttPublisher> publisher_;
    const NetworkSwitch& network_;
    EventLoop& loop_;
};

}  // namespace

std::unique_ptr<HttpCall> NetworkSwitch::send(HttpRequest request, Callback done) {
    if (on_) return http_.send(std::move(request), std::move(done));
    auto unsent = std::make_unique<UnsentCall>();
    unsent->answer = loop_.after({}, [done = std::move(done)]() mutable {
        done({.failure = TransportFailure::kByStaff, .failure_text = std::string(kTurnedOff)});
    });
    return unsent;
}

std::unique_ptr<MqttPublisher> NetworkSwitch::behind(std::unique_ptr<MqttPublisher> publisher) {
    return std::make_unique<SwitchedPublisher>(std::move(publisher), *this, loop_);
}

}  // namespace tillkeeper::sync
