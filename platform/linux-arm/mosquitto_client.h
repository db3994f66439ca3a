// MqttClient on libmosquitto, without threads of its own: the loop watches the socket.
//
// The session outlives a broken connection and a restart of the program for kSessionLife: the broker keeps what was
// published meanwhile. `disconnected` comes when a connection ends, and again only when the reason changes.
// What publish() took and the broker has not acknowledged is sent again after a reconnect; after a restart it is not.
// What is published within one round of the loop leaves in few segments, right after the round.
// stop() may be called from a callback; the client is destroyed outside of its callbacks, and without stop() the
// broker then publishes the will.
//
// A host that is not of this machine is tried with a deadline of kConnectTimeout first; a host *name* is looked up
// on the loop's thread, so use an address or /etc/hosts.
#pragma once

#include <memory>

#include "platform/linux-arm/asio_event_loop.h"
#include "platform/mqtt.h"
#include "platform/random.h"

namespace tillkeeper {

inline constexpr std::chrono::days kSessionLife{7};
inline constexpr std::chrono::seconds kConnectTimeout{3};
inline constexpr std::chrono::milliseconds kReconnectFirst{100};  // doubles with each attempt
inline constexpr std::chrono::milliseconds kReconnectMax{5000};
inline constexpr std::size_t kUnacknowledgedMax = 20'000;  // publish() answers kLimit beyond

[[nodiscard]] std::unique_ptr<MqttClient> make_mqtt_client(AsioEventLoop& loop, Random& random, MqttOptions options);

}  // namespace tillkeeper
