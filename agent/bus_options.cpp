#include "agent/bus/topics.h"
#include "agent/daemon.h"
#include "agent/local/store_state.h"
#include "platform/crypto.h"

namespace tillkeeper::agent {

MqttOptions bus_options(const Config& config) {
    MqttOptions options = config.bus;
    // Mosquitto lets whoever connects under a client id take its session over, whatever their name: the id is as
    // secret as the password, and the same after a restart.
    options.client_id =
        "tillkeeper-" + to_hex(sha256("client id\n" + config.store_id + '\n' + config.bus_identity)).substr(0, 24);
    StoreState gone;
    gone.store = config.store_id;
    gone.state = "offline";
    gone.not_accepting = "the agent is not running";
    options.will.topic = kStatusTopic;
    options.will.payload = to_json(gone);
    options.will.retain = true;
    return options;
}

}  // namespace tillkeeper::agent
