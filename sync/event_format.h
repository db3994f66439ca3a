// How a destination wants a transaction written down (CloudEvents 1.0.2).
#pragma once

#include <cstdint>

namespace tillkeeper::sync {

// kBatched: many events in one JSON array. kStructured: one event as JSON, its attributes beside its data. kBinary: the
// data alone as the body, the attributes beside it in what the protocol has for headers. kPlain: no event, the data
// alone.
enum class EventFormat : std::uint8_t { kBatched, kStructured, kBinary, kPlain };

}  // namespace tillkeeper::sync
