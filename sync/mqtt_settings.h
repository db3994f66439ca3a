// How a destination of kind mqtt reaches its broker.
#pragma once

#include <string>
#include <vector>

#include "platform/mqtt_publisher.h"

namespace tillkeeper::sync {

struct MqttSettings {
    std::vector<MqttAddress> addresses;  // of one broker, or of the nodes of a cluster
    bool version5 = true;                // otherwise 3.1.1, which knows neither properties nor reasons
    std::string client_id;               // empty: made of the store and the destination
    std::string username;                // empty: the client_id of the OAuth client
    std::string password;                // where there is no OAuth client; with one its token is the password
    // A broker that has nobody to give a message to keeps nothing of it, and in MQTT 5 says so. True: that is not
    // delivered.
    bool needs_subscriber = true;
};

}  // namespace tillkeeper::sync
