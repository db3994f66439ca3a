// LogFeed: what is logged at `notice` and above goes into the queue for the collector. Any thread.
//
// Not what telemetry says of itself: a collector that fails would be told of it by way of itself, for ever.
// Ownership: everything passed in outlives it.
#pragma once

#include "agent/telemetry/otlp_logs.h"
#include "agent/telemetry/telemetry_queue.h"

namespace tillkeeper::agent {

inline constexpr std::string_view kTelemetrySays = "telemetry ";  // how its own events begin

class LogFeed final : public LogObserver {
  public:
    LogFeed(const Clock& clock, TelemetryQueue& queue) : clock_(clock), queue_(queue) {}

    void logged(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
        if (level > LogLevel::kNotice || event.starts_with(kTelemetrySays)) return;
        queue_.add(otlp_log_record(clock_.wall(), level, event, fields));
    }

  private:
    const Clock& clock_;
    TelemetryQueue& queue_;
};

}  // namespace tillkeeper::agent
