#include "platform/linux-arm/mosquitto_options.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>

namespace tillkeeper {
namespace {

constexpr int kQos = 1;
// How many of our messages may wait for their acknowledgement: libmosquitto walks over them at each publish.
constexpr int kSendMaximum = 40;
constexpr int kReceiveMaximum = 5000;

}  // namespace

int configure_mosquitto(mosquitto* client, const MqttOptions& options) {
    const MqttMessage& will = options.will;
    int code = mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    if (code == 0) code = mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    if (code == 0) code = mosquitto_int_option(client, MOSQ_OPT_SEND_MAXIMUM, kSendMaximum);
    if (code == 0) code = mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, kReceiveMaximum);
    // "Threaded" means that it leaves writing to us: packets gather, and leave together.
    if (code == 0) code = mosquitto_threaded_set(client, true);
    if (code == 0 && !options.username.empty())
        code = mosquitto_username_pw_set(client, options.username.c_str(), options.password.c_str());
    const char* own = options.certificate_file.empty() ? nullptr : options.certificate_file.c_str();
    if (code == 0 && !options.ca_file.empty())
        code = mosquitto_tls_set(client, options.ca_file.c_str(), nullptr, own, own, nullptr);
    if (code == 0 && !will.topic.empty())
        code = mosquitto_will_set(client, will.topic.c_str(), static_cast<int>(will.payload.size()),
                                  will.payload.data(), kQos, will.retain);
    return code;
}

}  // namespace tillkeeper
