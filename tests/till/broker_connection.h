// One MQTT connection over libmosquitto, driven by the caller's poll loop: no thread, no queue of its own.
//
// Made for one connect; after a loss make a new one, so that nothing is sent that its owner does not know of.
// TCP_NODELAY, QoS 1, clean session.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "platform/result.h"

struct mosquitto;

namespace tillkeeper::till {

enum class MqttVersion { k311, k5 };

struct BrokerAddress {
    std::string host = "127.0.0.1";
    int port = 1883;
    std::string ca_file;             // empty: no TLS
    std::string certificate_file{};  // to sign in with, and its key
    std::string key_file{};
};

struct BrokerUser {
    std::string name;  // also the client id
    std::string password;
};

struct BrokerMessage {
    std::string_view topic;
    std::string_view payload;
    std::string correlation_data;  // MQTT 5
    std::string response_topic;    // MQTT 5
};

class BrokerConnection {
  public:
    struct Events {
        std::move_only_function<void(bool granted)> connected;  // what the broker said
        std::move_only_function<void(const BrokerMessage&)> message;
    };
    // Connects; `will` as topic and payload (retained) or empty. Blocks only as long as TCP and TLS take.
    [[nodiscard]] static Result<std::unique_ptr<BrokerConnection>> connect(const BrokerAddress& address,
                                                                           const BrokerUser& user, MqttVersion version,
                                                                           const std::string& will_topic,
                                                                           std::string_view will, Events events);
    ~BrokerConnection();
    BrokerConnection(const BrokerConnection&) = delete;
    BrokerConnection& operator=(const BrokerConnection&) = delete;

    void subscribe(const std::string& filter);
    // What is beside it only with MQTT 5. False when the connection is lost.
    [[nodiscard]] bool publish(const std::string& topic, std::string_view payload, bool retain,
                               const std::string& correlation_data = {}, const std::string& response_topic = {},
                               const std::string& traceparent = {});
    // Says good-bye, so that the broker does not send the will.
    void disconnect();

    [[nodiscard]] int descriptor() const;
    [[nodiscard]] bool wants_to_write() const;
    // Each false when the connection is lost; then it is of no more use.
    [[nodiscard]] bool read();
    [[nodiscard]] bool write();
    [[nodiscard]] bool keep_alive();  // about once a second

  private:
    BrokerConnection(MqttVersion version, Events events);
    void set_callbacks();

    MqttVersion version_;
    Events events_;
    std::unique_ptr<mosquitto, void (*)(mosquitto*)> client_;
};

}  // namespace tillkeeper::till
