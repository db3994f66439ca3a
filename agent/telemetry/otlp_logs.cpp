#include "agent/telemetry/otlp_logs.h"

#include "agent/telemetry/otlp_json.h"

namespace tillkeeper::agent {
namespace {

// As OpenTelemetry's log data model maps those of syslog.
int severity_of(LogLevel level) {
    switch (level) {
        case LogLevel::kError:
            return 17;
        case LogLevel::kWarning:
            return 13;
        case LogLevel::kNotice:
            return 10;
        case LogLevel::kInfo:
            return 9;
        case LogLevel::kDebug:
            return 5;
    }
    return 0;
}

}  // namespace

std::string otlp_log_record(WallTime time, LogLevel level, std::string_view event,
                            std::initializer_list<LogField> fields) {
    OtlpList attributes;
    for (const auto& field : fields)
        attributes.add(otlp_attribute(field.key, std::string_view(field.value).substr(0, kLogValueBytesMax)));
    const std::string when = otlp_time(time);
    return R"({"timeUnixNano":)" + when + R"(,"observedTimeUnixNano":)" + when + R"(,"severityNumber":)" +
           std::to_string(severity_of(level)) + R"(,"severityText":)" + otlp_string(to_string(level)) +
           R"(,"body":{"stringValue":)" + otlp_string(event) + R"(},"attributes":)" + attributes.text() + '}';
}

}  // namespace tillkeeper::agent
