// TelemetrySide: what the collector is to be told, from where it comes up to the sync loop, which sends it: metrics
// from the till loop, lines of the log from any thread, spans from the sync loop itself.
//
// Without the table [telemetry] it does nothing. Selling never waits for it: the till loop only copies numbers.
// Ownership: everything passed in outlives it. Thread: the sync loop, where nothing else is said.
#pragma once

#include <prometheus/metric_family.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "agent/config/config.h"
#include "agent/telemetry/log_feed.h"
#include "agent/telemetry/otlp_metrics.h"
#include "agent/telemetry/telemetry_queue.h"
#include "agent/telemetry/telemetry_sender.h"
#include "sync/request_span.h"

namespace tillkeeper::agent {

class TelemetrySide {
  public:
    using Families = std::vector<prometheus::MetricFamily>;
    // `measured`: called on the till loop.
    TelemetrySide(EventLoop& till_loop, TelemetryParts parts, const Config& config, std::function<Families()> measured);

    void start();
    // Whom the log tells; null: nobody wants to hear it. It lives as long as this.
    [[nodiscard]] LogObserver* log_observer();
    // Whom requests to destinations are told; empty: nobody.
    [[nodiscard]] sync::RequestTracer tracer();
    [[nodiscard]] const TelemetryDropped& dropped() const { return dropped_; }  // any thread

  private:
    void add_sender(TelemetrySignal signal, Duration every, std::function<void(TelemetrySource::Given)> gather);
    void gather_metrics(TelemetrySource::Given given);

    EventLoop& till_loop_;
    TelemetryParts parts_;
    const std::optional<TelemetryConfig> config_;
    TelemetryOrigin origin_;
    std::function<Families()> measured_;
    TelemetryDropped dropped_;
    TelemetryQueue lines_{TelemetrySignal::kLogs, dropped_[TelemetrySignal::kLogs]};
    TelemetryQueue spans_{TelemetrySignal::kTraces, dropped_[TelemetrySignal::kTraces]};
    LogFeed log_feed_{parts_.clock, lines_};
    std::vector<std::unique_ptr<TelemetrySender>> senders_;
};

}  // namespace tillkeeper::agent
