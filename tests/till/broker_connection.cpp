#include "tests/till/broker_connection.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <cstdlib>
#include <utility>

namespace tillkeeper::till {
namespace {

constexpr int kKeepAliveSeconds = 30;
constexpr int kInFlightMax = 65'535;  // the caller keeps its own window
constexpr int kQos = 1;

void initialise_library() {
    static const int done = mosquitto_lib_init();
    static_cast<void>(done);
}

std::string correlation_of(const mosquitto_property* properties) {
    void* data = nullptr;
    std::uint16_t length = 0;
    if (mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &data, &length, false) == nullptr)
        return {};
    std::string text(static_cast<const char*>(data), length);
    std::free(data);
    return text;
}

std::string response_topic_of(const mosquitto_property* properties) {
    char* topic = nullptr;
    if (mosquitto_property_read_string(properties, MQTT_PROP_RESPONSE_TOPIC, &topic, false) == nullptr) return {};
    std::string text(topic);
    std::free(topic);
    return text;
}

const char* or_null(const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
}

}  // namespace

BrokerConnection::BrokerConnection(MqttVersion version, Events events)
    : version_(version), events_(std::move(events)), client_(nullptr, mosquitto_destroy) {}

BrokerConnection::~BrokerConnection() = default;

void BrokerConnection::set_callbacks() {
    mosquitto_connect_callback_set(client_.get(), [](mosquitto*, void* self, int code) {
        static_cast<BrokerConnection*>(self)->events_.connected(code == 0);
    });
    mosquitto_message_v5_callback_set(client_.get(), [](mosquitto*, void* self, const mosquitto_message* message,
                                                        const mosquitto_property* properties) {
        BrokerMessage copy;
        copy.topic = message->topic;
        copy.payload = {static_cast<const char*>(message->payload), static_cast<std::size_t>(message->payloadlen)};
        if (properties != nullptr) {
            copy.correlation_data = correlation_of(properties);
            copy.response_topic = response_topic_of(properties);
        }
        static_cast<BrokerConnection*>(self)->events_.message(copy);
    });
}

Result<std::unique_ptr<BrokerConnection>> BrokerConnection::connect(const BrokerAddress& address,
                                                                    const BrokerUser& user, MqttVersion version,
                                                                    const std::string& will_topic,
                                                                    std::string_view will, Events events) {
    initialise_library();
    std::unique_ptr<BrokerConnection> self(new BrokerConnection(version, std::move(events)));
    self->client_.reset(mosquitto_new(user.name.c_str(), true, self.get()));
    mosquitto* client = self->client_.get();
    if (client == nullptr) return fail(ErrorCode::kInternal, "libmosquitto cannot make a client");
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION,
                         version == MqttVersion::k5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_int_option(client, MOSQ_OPT_SEND_MAXIMUM, kInFlightMax);
    mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, kInFlightMax);
    mosquitto_username_pw_set(client, user.name.c_str(), user.password.c_str());
    if (!will_topic.empty())
        mosquitto_will_set(client, will_topic.c_str(), static_cast<int>(will.size()), will.data(), kQos, true);
    if (!address.ca_file.empty() &&
        mosquitto_tls_set(client, address.ca_file.c_str(), nullptr, or_null(address.certificate_file),
                          or_null(address.key_file), nullptr) != MOSQ_ERR_SUCCESS)
        return fail(ErrorCode::kInvalid, address.ca_file + " is no usable CA file");
    self->set_callbacks();
    if (const int code = mosquitto_connect(client, address.host.c_str(), address.port, kKeepAliveSeconds);
        code != MOSQ_ERR_SUCCESS)
        return fail(ErrorCode::kUnavailable, mosquitto_strerror(code));
    return self;
}

void BrokerConnection::subscribe(const std::string& filter) {
    mosquitto_subscribe(client_.get(), nullptr, filter.c_str(), kQos);
}

bool BrokerConnection::publish(const std::string& topic, std::string_view payload, bool retain,
                               const std::string& correlation_data, const std::string& response_topic,
                               const std::string& traceparent) {
    mosquitto_property* properties = nullptr;
    if (version_ == MqttVersion::k5 && !correlation_data.empty())
        mosquitto_property_add_binary(&properties, MQTT_PROP_CORRELATION_DATA, correlation_data.data(),
                                      static_cast<std::uint16_t>(correlation_data.size()));
    if (version_ == MqttVersion::k5 && !response_topic.empty())
        mosquitto_property_add_string(&properties, MQTT_PROP_RESPONSE_TOPIC, response_topic.c_str());
    if (version_ == MqttVersion::k5 && !traceparent.empty())
        mosquitto_property_add_string_pair(&properties, MQTT_PROP_USER_PROPERTY, "traceparent", traceparent.c_str());
    const int code = mosquitto_publish_v5(client_.get(), nullptr, topic.c_str(), static_cast<int>(payload.size()),
                                          payload.data(), kQos, retain, properties);
    mosquitto_property_free_all(&properties);
    return code == MOSQ_ERR_SUCCESS;
}

void BrokerConnection::disconnect() {
    mosquitto_disconnect(client_.get());
}

int BrokerConnection::descriptor() const {
    return mosquitto_socket(client_.get());
}

bool BrokerConnection::wants_to_write() const {
    return mosquitto_want_write(client_.get());
}

bool BrokerConnection::read() {
    return mosquitto_loop_read(client_.get(), 1) == MOSQ_ERR_SUCCESS;
}

bool BrokerConnection::write() {
    return mosquitto_loop_write(client_.get(), 1) == MOSQ_ERR_SUCCESS;
}

bool BrokerConnection::keep_alive() {
    return mosquitto_loop_misc(client_.get()) == MOSQ_ERR_SUCCESS;
}

}  // namespace tillkeeper::till
