// MqttClient: one connection to an MQTT 5 broker with a persistent session, kept up for ever.
//
// Reconnects by itself with full jitter; subscribes again after each connect. QoS 1 throughout, TCP_NODELAY on.
// Thread: all calls and callbacks on the loop that the implementation was given.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper {

struct MqttMessage {
    std::string topic{};
    std::string payload{};
    bool retain = false;
    // MQTT 5 properties; empty where absent or where the peer speaks 3.1.1.
    std::string response_topic{};
    std::string correlation_data{};
    std::string traceparent{};  // the user property of that name (W3C Trace Context), at most 64 bytes
};

struct MqttOptions {
    std::string host = "127.0.0.1";
    int port = 1883;
    std::string client_id{};
    std::string username{};
    std::string password{};
    std::string ca_file{};           // empty: no TLS; else the CA that the broker's certificate must chain to
    std::string certificate_file{};  // with its key in the same file, to sign in with; empty: name and password
    MqttMessage will{};              // empty topic: none
};

class MqttClient {
  public:
    virtual ~MqttClient() = default;

    struct Events {
        // And the broker has granted all subscriptions.
        std::move_only_function<void()> connected;
        // Or a filter was refused. Once for each reason.
        std::move_only_function<void(std::string_view reason)> disconnected;
        std::move_only_function<void(MqttMessage)> message;
    };
    // Once, before start(). The client owns the callbacks.
    virtual void on(Events events) = 0;
    // Topic filters to hold a subscription for, over all reconnects. Before start().
    virtual void subscribe(std::string filter) = 0;
    virtual void start() = 0;
    // Says good-bye (no will is sent) and stays away.
    virtual void stop() = 0;
    // kUnavailable while not connected (nothing is queued), kLimit when too much is waiting to be sent.
    [[nodiscard]] virtual Result<void> publish(MqttMessage message) = 0;
    [[nodiscard]] virtual bool connected() const = 0;
};

}  // namespace tillkeeper
