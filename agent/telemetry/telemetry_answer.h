// What a collector's answer means (OTLP specification, section OTLP/HTTP Response). Pure.
#pragma once

#include <cstddef>
#include <string>

#include "agent/telemetry/telemetry_signal.h"
#include "platform/http.h"

namespace tillkeeper::agent {

enum class TelemetryFate : std::uint8_t {
    kTaken,
    kLater,    // 429, 502, 503, 504, or no answer: the same again, later
    kRefused,  // any other answer: the same would be refused again
    kNotSent   // people keep the box offline
};

[[nodiscard]] TelemetryFate fate_of(const HttpResponse& response);
// The collector had it in its hands: it answered, or broke off.
[[nodiscard]] bool is_reached(const HttpResponse& response);
// Of what was taken, how many of the `items` were rejected all the same (partialSuccess); 0 where the answer is silent.
[[nodiscard]] std::size_t rejected_of(TelemetrySignal signal, const HttpResponse& response, std::size_t items);
// "" or why it was not taken, for people.
[[nodiscard]] std::string trouble_of(const HttpResponse& response);

}  // namespace tillkeeper::agent
