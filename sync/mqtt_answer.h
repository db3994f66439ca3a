// What a broker's words mean: reason codes of MQTT 5 (section 2.4). Pure.
//
// of a message      0 delivered; 0x10 (nobody to give it to: the broker kept nothing) as `needs_subscriber` says;
//                   0x87 again, login; 0x90, 0x95, 0x99 rejected; 0x97 again, too many; others again
// of a connection   0x86, 0x87, 0x8C unauthorised; 0x8A again, login; 0x90, 0x95, 0x99 rejected; others again, and
//                   0x96, 0x97, 0x9F too many
// silence           as a request that got no answer
#pragma once

#include "platform/mqtt_publisher.h"
#include "sync/item_answers.h"

namespace tillkeeper::sync {

[[nodiscard]] BatchAnswer read_mqtt_answer(const MqttOutcome& outcome, bool needs_subscriber);

// What failed, as far as that is a matter of the network: kNone where the broker said anything at all.
[[nodiscard]] TransportFailure failure_of(const MqttOutcome& outcome);

}  // namespace tillkeeper::sync
