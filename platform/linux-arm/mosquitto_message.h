// MqttMessage and libmosquitto's forms of it.
#pragma once

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <chrono>
#include <string>

#include "platform/mqtt.h"

namespace tillkeeper {

// A list of MQTT 5 properties; empty is null.
class MosquittoProperties {
  public:
    MosquittoProperties() = default;
    ~MosquittoProperties() { mosquitto_property_free_all(&list_); }
    MosquittoProperties(const MosquittoProperties&) = delete;
    MosquittoProperties& operator=(const MosquittoProperties&) = delete;

    // Each returns a MOSQ_ERR code.
    [[nodiscard]] int add_seconds(int name, std::chrono::seconds value);
    [[nodiscard]] int add_text(int name, const std::string& value);
    [[nodiscard]] int add_pair(const std::string& name, const std::string& value);  // a User Property
    // Response Topic, Correlation Data and traceparent, where present.
    [[nodiscard]] int add_properties_of(const MqttMessage& message);
    [[nodiscard]] const mosquitto_property* list() const { return list_; }

  private:
    mosquitto_property* list_ = nullptr;
};

[[nodiscard]] MqttMessage from_mosquitto(const mosquitto_message& message, const mosquitto_property* properties);

// What a MOSQ_ERR or an MQTT 5 reason code means, in words.
[[nodiscard]] std::string mosquitto_text(int code);

}  // namespace tillkeeper
