#include "platform/linux-arm/mosquitto_message.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace tillkeeper {
namespace {

std::string take(void* bytes, std::size_t size) {
    std::string text(static_cast<const char*>(bytes), size);
    std::free(bytes);
    return text;
}

}  // namespace

int MosquittoProperties::add_seconds(int name, std::chrono::seconds value) {
    return mosquitto_property_add_int32(&list_, name, static_cast<std::uint32_t>(value.count()));
}

int MosquittoProperties::add_reply_path(const MqttMessage& message) {
    if (message.correlation_data.size() > std::numeric_limits<std::uint16_t>::max()) return MOSQ_ERR_INVAL;
    int code = MOSQ_ERR_SUCCESS;
    if (!message.response_topic.empty())
        code = mosquitto_property_add_string(&list_, MQTT_PROP_RESPONSE_TOPIC, message.response_topic.c_str());
    if (code == MOSQ_ERR_SUCCESS && !message.correlation_data.empty())
        code = mosquitto_property_add_binary(&list_, MQTT_PROP_CORRELATION_DATA, message.correlation_data.data(),
                                             static_cast<std::uint16_t>(message.correlation_data.size()));
    return code;
}

MqttMessage from_mosquitto(const mosquitto_message& message, const mosquitto_property* properties) {
    MqttMessage ours;
    ours.topic = message.topic;
    if (message.payloadlen > 0)
        ours.payload.assign(static_cast<const char*>(message.payload), static_cast<std::size_t>(message.payloadlen));
    ours.retain = message.retain;
    if (properties == nullptr) return ours;
    char* topic = nullptr;
    if (mosquitto_property_read_string(properties, MQTT_PROP_RESPONSE_TOPIC, &topic, false) != nullptr)
        ours.response_topic = take(topic, std::strlen(topic));
    void* correlation = nullptr;
    std::uint16_t size = 0;
    if (mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &correlation, &size, false) != nullptr)
        ours.correlation_data = take(correlation, size);
    return ours;
}

std::string mosquitto_text(int code) {
    if (code == MOSQ_ERR_ERRNO) return std::strerror(errno);
    return code >= MQTT_RC_UNSPECIFIED ? mosquitto_reason_string(code) : mosquitto_strerror(code);
}

}  // namespace tillkeeper
