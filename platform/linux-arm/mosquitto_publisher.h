// MqttPublisher on libmosquitto: which address is tried, which login is in force, and what came of each message.
//
// Before libmosquitto connects, `http` makes a connection to the same address and ends it again: that looks up the name
// without blocking the loop, and tells a name, a route and a certificate that are wrong apart, as for every other
// cloud. A broker sees a connection that says nothing before each one that does.
#pragma once

#include <memory>

#include "platform/http.h"
#include "platform/linux-arm/asio_event_loop.h"
#include "platform/mqtt_publisher.h"

namespace tillkeeper {

// `broker` has an address. Loop and `http` outlive the publisher.
[[nodiscard]] std::unique_ptr<MqttPublisher> make_mqtt_publisher(AsioEventLoop& loop, HttpClient& http,
                                                                 MqttBroker broker);

}  // namespace tillkeeper
