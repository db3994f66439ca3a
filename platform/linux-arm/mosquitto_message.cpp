#include "platform/linux-arm/mosquitto_message.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace tillkeeper {
namespace {

constexpr const char* kTraceparent = "traceparent";
constexpr std::size_t kTraceparentBytesMax = 64;

std::string take(void* bytes, std::size_t size) {
    std::string text(static_cast<const char*>(bytes), size);
    std::free(bytes);
    return text;
}

// The first of that name. Longer than it may be, it is none.
std::string user_property(const mosquitto_property* properties, std::string_view wanted, std::size_t bytes_max) {
    bool again = false;
    for (;;) {
        char* name = nullptr;
        char* value = nullptr;
        properties = mosquitto_property_read_string_pair(properties, MQTT_PROP_USER_PROPERTY, &name, &value, again);
        if (properties == nullptr) return {};
        const std::string key = take(name, std::strlen(name));
        std::string text = take(value, std::strlen(value));
        if (key == wanted) return text.size() <= bytes_max ? text : "";
        again = true;
    }
}

}  // namespace

int MosquittoProperties::add_seconds(int name, std::chrono::seconds value) {
    return mosquitto_property_add_int32(&list_, name, static_cast<std::uint32_t>(value.count()));
}

int MosquittoProperties::add_text(int name, const std::string& value) {
    return mosquitto_property_add_string(&list_, name, value.c_str());
}

int MosquittoProperties::add_pair(const std::string& name, const std::string& value) {
    return mosquitto_property_add_string_pair(&list_, MQTT_PROP_USER_PROPERTY, name.c_str(), value.c_str());
}

int MosquittoProperties::add_properties_of(const MqttMessage& message) {
    if (message.correlation_data.size() > std::numeric_limits<std::uint16_t>::max()) return MOSQ_ERR_INVAL;
    int code = MOSQ_ERR_SUCCESS;
    if (!message.response_topic.empty())
        code = mosquitto_property_add_string(&list_, MQTT_PROP_RESPONSE_TOPIC, message.response_topic.c_str());
    if (code == MOSQ_ERR_SUCCESS && !message.correlation_data.empty())
        code = mosquitto_property_add_binary(&list_, MQTT_PROP_CORRELATION_DATA, message.correlation_data.data(),
                                             static_cast<std::uint16_t>(message.correlation_data.size()));
    if (code == MOSQ_ERR_SUCCESS && !message.traceparent.empty())
        code = mosquitto_property_add_string_pair(&list_, MQTT_PROP_USER_PROPERTY, kTraceparent,
                                                  message.traceparent.c_str());
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
    ours.traceparent = user_property(properties, kTraceparent, kTraceparentBytesMax);
    return ours;
}

std::string mosquitto_text(int code) {
    if (code == MOSQ_ERR_ERRNO) return std::strerror(errno);
    return code >= MQTT_RC_UNSPECIFIED ? mosquitto_reason_string(code) : mosquitto_strerror(code);
}

}  // namespace tillkeeper
