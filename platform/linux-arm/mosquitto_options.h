// What libmosquitto is told once about the till bus, before its first connection.
#pragma once

#include "platform/mqtt.h"

struct mosquitto;

namespace tillkeeper {

// A MOSQ_ERR code: of the first option that cannot be taken, a file that cannot be read included.
[[nodiscard]] int configure_mosquitto(mosquitto* client, const MqttOptions& options);

}  // namespace tillkeeper
