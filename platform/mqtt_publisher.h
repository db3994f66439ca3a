// MqttPublisher: messages to a broker elsewhere, each with the broker's own word about it.
//
// QoS 1, a clean session. TLS 1.2 or later, and verification, are always on. One connection, which is made when there
// is something to publish, is kept, and is made anew where it broke or where the login is another one. No proxy.
// Thread: all calls and callbacks on the loop that the implementation was given.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platform/clock.h"
#include "platform/http.h"

namespace tillkeeper {

struct MqttAddress {
    std::string host{};  // an IPv6 address without brackets
    int port = 8883;
    bool operator==(const MqttAddress&) const = default;
};

struct MqttBroker {
    std::vector<MqttAddress>
        addresses{};  // of the nodes of one cluster: where one is not reached the next one is tried
    std::string client_id{};
    bool version5 = true;                                 // otherwise 3.1.1
    std::string ca_file{};                                // empty: the system's certificate store
    Duration connect_timeout = std::chrono::seconds(10);  // of each address
};

struct MqttLogin {
    std::string username{};  // empty: none is told
    std::string password{};
    bool operator==(const MqttLogin&) const = default;
};

struct MqttPublication {
    std::string topic{};
    std::string payload{};
    // MQTT 5 properties; 3.1.1 has none.
    std::string content_type{};
    std::vector<std::pair<std::string, std::string>> user_properties{};
};

struct MqttOutcome {
    static constexpr int kSilence = -1;
    // Of each publication, in their order: the reason code of its PUBACK (MQTT 5 section 3.4.2.1; in 3.1.1 always 0),
    // or kSilence. What this end may not even send has the code that a broker would answer.
    std::vector<int> acknowledged{};
    // Why there is silence about some; as with HTTP, of the last address that was tried. kNoRoute also where the
    // network swallowed what was sent.
    TransportFailure failure = TransportFailure::kNone;
    std::string failure_text{};  // for people
    // With which reason code the broker refused the connection, or ended it (MQTT 5 sections 3.2.2.2 and 3.14.2.1);
    // those of 3.1.1 are told as theirs of 5. 0: it said none.
    int refused = 0;
};

class MqttExchange {
  public:
    virtual ~MqttExchange() = default;
    // As HttpCall::unheard().
    [[nodiscard]] virtual bool unheard() const { return false; }
};

class MqttPublisher {
  public:
    virtual ~MqttPublisher() = default;
    using Callback = std::move_only_function<void(MqttOutcome)>;
    // Publishes all of them, in this order. Calls `done` exactly once, later, never from inside publish(), unless the
    // returned exchange is destroyed before: nobody knows then what of it the broker has. What has no acknowledgement
    // after `timeout` gets none; the connection is given up then.
    [[nodiscard]] virtual std::unique_ptr<MqttExchange> publish(MqttLogin login, std::vector<MqttPublication> messages,
                                                                Duration timeout, Callback done) = 0;
};

}  // namespace tillkeeper
