#include "agent/telemetry/otlp_traces.h"

#include "agent/telemetry/otlp_json.h"
#include "sync/trace_parent.h"

namespace tillkeeper::agent {
namespace {

// What is spoken with it.
std::string_view word(sync::DestinationKind kind) {
    switch (kind) {
        case sync::DestinationKind::kHttp:
            return "http";
        case sync::DestinationKind::kSteps:
            return "steps";
        case sync::DestinationKind::kKafkaRest:
            return "kafka-rest";
        case sync::DestinationKind::kMqtt:
            return "mqtt";
    }
    return "";
}

std::string attributes_of(const sync::RequestSpan& span) {
    OtlpList attributes;
    attributes.add(otlp_attribute("tillkeeper.destination", span.destination));
    attributes.add(otlp_attribute("tillkeeper.destination.kind", word(span.kind)));
    attributes.add(otlp_attribute("tillkeeper.transactions", span.transactions));
    attributes.add(otlp_attribute("tillkeeper.delivered", span.delivered));
    attributes.add(otlp_attribute("tillkeeper.outcome", span.outcome));
    if (!span.cause.empty()) attributes.add(otlp_attribute("tillkeeper.cause", span.cause));
    if (span.kind == sync::DestinationKind::kMqtt) attributes.add(otlp_attribute("messaging.system", "mqtt"));
    if (span.status != 0)
        attributes.add(otlp_attribute("http.response.status_code", static_cast<std::uint64_t>(span.status)));
    return attributes.text();
}

}  // namespace

std::string otlp_span(const sync::RequestSpan& span) {
    constexpr const char* kSampled = R"(,"flags":1)";
    const char* kind = span.kind == sync::DestinationKind::kMqtt ? R"(,"kind":4)" : R"(,"kind":3)";  // producer, client
    constexpr const char* kError = R"({"code":2})";
    std::string text = R"({"traceId":)" + otlp_string(sync::trace_id(span.traceparent)) + R"(,"spanId":)" +
                       otlp_string(sync::span_id(span.traceparent));
    if (!span.parent.empty()) text += R"(,"parentSpanId":)" + otlp_string(span.parent);
    return text + kSampled + R"(,"name":)" + otlp_string("deliver " + span.destination) + kind +
           R"(,"startTimeUnixNano":)" + otlp_time(span.began) + R"(,"endTimeUnixNano":)" +
           otlp_time(span.began + span.took) + R"(,"attributes":)" + attributes_of(span) + R"(,"status":)" +
           (span.failed() ? kError : "{}") + '}';
}

}  // namespace tillkeeper::agent
