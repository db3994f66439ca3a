#include "agent/telemetry/telemetry_answer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

constexpr std::array kPassing{429, 502, 503, 504};

constexpr std::string_view rejected_word(TelemetrySignal signal) {
    constexpr std::array<std::string_view, 3> kWords{"rejectedDataPoints", "rejectedLogRecords", "rejectedSpans"};
    return kWords[static_cast<std::size_t>(signal)];
}

}  // namespace

TelemetryFate fate_of(const HttpResponse& response) {
    if (response.failure == TransportFailure::kByStaff) return TelemetryFate::kNotSent;
    if (response.failure != TransportFailure::kNone) return TelemetryFate::kLater;
    if (response.status / 100 == 2) return TelemetryFate::kTaken;
    return std::ranges::find(kPassing, response.status) != kPassing.end() ? TelemetryFate::kLater
                                                                          : TelemetryFate::kRefused;
}

bool is_reached(const HttpResponse& response) {
    return response.failure == TransportFailure::kNone || response.failure == TransportFailure::kBroken ||
           response.failure == TransportFailure::kTooLarge;
}

std::size_t rejected_of(TelemetrySignal signal, const HttpResponse& response, std::size_t items) {
    if (!sync::is_json(response.body)) return 0;
    const auto partial = sync::json_member(response.body, "partialSuccess");
    // An integer of 64 bits: a text in OTLP's JSON, and a number with those who do not keep to it.
    const auto said = sync::json_key(sync::json_member(partial, rejected_word(signal))).value_or("");
    std::uint64_t rejected = 0;
    const auto [end, fault] = std::from_chars(said.data(), said.data() + said.size(), rejected);
    return fault == std::errc{} ? static_cast<std::size_t>(std::min<std::uint64_t>(rejected, items)) : 0;
}

std::string trouble_of(const HttpResponse& response) {
    if (response.failure != TransportFailure::kNone) return response.failure_text;
    return response.status / 100 == 2 ? "" : "HTTP " + std::to_string(response.status);
}

}  // namespace tillkeeper::agent
