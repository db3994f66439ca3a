// Broker: the MQTT broker of the store in virtual time, and both sides' connections to it.
//
// As a real one without persistence: what it holds is gone when it is killed. QoS 1 on both sides: a message may come
// twice. The daemon's client acknowledges before it calls back (as libmosquitto does), so what is on its way to a
// daemon that dies is gone; what the client took and the broker has not acknowledged comes again after a reconnect.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "platform/mqtt.h"
#include "platform/random.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/virtual_time.h"

namespace tillkeeper::simulation {

class Broker {
  public:
    // What the daemon said, at the moment it said it; whether or not it will arrive.
    using Said = std::function<void(const MqttMessage&)>;
    using Heard = std::function<void(const MqttMessage&)>;

    Broker(Schedule& schedule, Random& random, Trace& trace);
    ~Broker();

    // The tills' side. False: not connected now.
    [[nodiscard]] bool publish(MqttMessage message);
    // How a till hears what is published below its name. Any time.
    void attach(const std::string& till, Heard heard) { tills_[till] = std::move(heard); }
    [[nodiscard]] bool tills_connected() const { return up_ && schedule_.clock.since_start() >= tills_back_; }

    // The daemon's side: a new client for each new process. The one before is cut off without a good-bye.
    [[nodiscard]] std::unique_ptr<MqttClient> make_client();

    void crash();
    void come_back();
    [[nodiscard]] bool up() const { return up_; }
    [[nodiscard]] bool daemon_connected() const { return client_ != nullptr; }

    Said on_said = [](const MqttMessage&) {};
    std::function<void(const MqttMessage&)> on_handed_over = [](const MqttMessage&) {};  // reached the daemon
    std::function<void()> on_daemon_lost = [] {};
    MqttMessage status;  // the retained one; empty topic: none

  private:
    class Client;
    friend class Client;

    void pump_to_daemon();
    void pump_from_daemon();
    void route(const MqttMessage& message);
    void lose_daemon(bool with_will);

    Schedule& schedule_;
    Random& random_;
    Trace& trace_;
    bool up_ = true;
    bool session_ = false;  // the daemon's subscriptions are known
    Duration tills_back_{};
    Client* client_ = nullptr;
    std::deque<MqttMessage> to_daemon_;
    std::deque<MqttMessage> from_daemon_;
    bool pumping_to_ = false;
    bool pumping_from_ = false;
    std::map<std::string, Heard> tills_;
};

}  // namespace tillkeeper::simulation
