// What kinds of destination there are, and how they want a transaction written down (CloudEvents 1.0.2).
#pragma once

#include <cstdint>

namespace tillkeeper::sync {

// kHttp: one POST for a batch, or for each transaction where the format has no batches. kSteps: several requests for
// one transaction (steps.h). kKafkaRest: records of a topic (kafka_rest.h). kMqtt: messages to a broker
// (mqtt_settings.h).
enum class DestinationKind : std::uint8_t { kHttp, kSteps, kKafkaRest, kMqtt };

// kBatched: many events in one JSON array. kStructured: one event as JSON, its attributes beside its data. kBinary: the
// data alone as the body, the attributes beside it in what the protocol has for headers. kPlain: no event, the data
// alone.
enum class EventFormat : std::uint8_t { kBatched, kStructured, kBinary, kPlain };

// Several transactions leave together and are answered together, or each for itself.
[[nodiscard]] constexpr bool takes_batches(DestinationKind kind, EventFormat format) {
    if (kind == DestinationKind::kHttp) return format == EventFormat::kBatched;
    return kind != DestinationKind::kSteps;
}

// kLiveFirst: what is sold after an outage goes before the backlog of the outage; the order of a till is kept within
// either.
enum class DeliveryOrder : std::uint8_t { kByTill, kLiveFirst };

}  // namespace tillkeeper::sync
