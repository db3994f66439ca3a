#include "agent/telemetry/otlp_json.h"

#include "agent/contract/problem.h"
#include "sync/utf8.h"

namespace tillkeeper::agent {
namespace {

// How the lists of a request are called, from the outside in.
struct Names {
    std::string_view resources;
    std::string_view scopes;
    std::string_view items;
};

constexpr Names names_of(TelemetrySignal signal) {
    switch (signal) {
        case TelemetrySignal::kMetrics:
            return {"resourceMetrics", "scopeMetrics", "metrics"};
        case TelemetrySignal::kLogs:
            return {"resourceLogs", "scopeLogs", "logRecords"};
        case TelemetrySignal::kTraces:
            return {"resourceSpans", "scopeSpans", "spans"};
    }
    return {};
}

std::string utf8_of(std::string_view text) {
    std::string clean;
    while (!text.empty()) {
        const std::size_t length = sync::utf8_length(text);
        if (length == 0)
            clean += "\xEF\xBF\xBD";
        else
            clean += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return clean;
}

}  // namespace

std::string otlp_integer(std::uint64_t number) {
    return '"' + std::to_string(number) + '"';
}

std::string otlp_time(WallTime time) {
    return '"' + std::to_string(time.time_since_epoch().count()) + "000\"";
}

std::string otlp_string(std::string_view text) {
    return sync::is_utf8(text) ? agent::quoted(text) : agent::quoted(utf8_of(text));
}

std::string otlp_attribute(std::string_view key, std::string_view value) {
    return R"({"key":)" + otlp_string(key) + R"(,"value":{"stringValue":)" + otlp_string(value) + "}}";
}

std::string otlp_attribute(std::string_view key, std::uint64_t value) {
    return R"({"key":)" + otlp_string(key) + R"(,"value":{"intValue":)" + otlp_integer(value) + "}}";
}

std::string otlp_request(TelemetrySignal signal, const TelemetryOrigin& origin, const OtlpList& items) {
    const Names names = names_of(signal);
    OtlpList resource;
    resource.add(otlp_attribute("service.name", "tillkeeper"));
    resource.add(otlp_attribute("service.version", origin.version));
    resource.add(otlp_attribute("service.instance.id", origin.store));
    resource.add(otlp_attribute("tillkeeper.store", origin.store));
    std::string text;
    text.append("{\"").append(names.resources).append(R"(":[{"resource":{"attributes":)").append(resource.text());
    text.append("},\"").append(names.scopes).append(R"(":[{"scope":{"name":"tillkeeper","version":)");
    text.append(otlp_string(origin.version)).append("},\"").append(names.items).append("\":");
    return text + items.text() + "}]}]}";
}

}  // namespace tillkeeper::agent
