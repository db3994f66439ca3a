// TelemetrySide: the way of the metrics from the till loop, which counts them, over the sync loop to the collector.
//
// Without the table [telemetry] it does nothing. Selling never waits for it: the till loop only copies numbers.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <prometheus/metric_family.h>

#include <functional>
#include <optional>
#include <vector>

#include "agent/config/config.h"
#include "agent/telemetry/otlp_metrics.h"
#include "agent/telemetry/telemetry_sender.h"

namespace tillkeeper::agent {

class TelemetrySide {
  public:
    using Families = std::vector<prometheus::MetricFamily>;
    // `measured`: called on the till loop.
    TelemetrySide(EventLoop& till_loop, TelemetryParts parts, const Config& config, std::function<Families()> measured);

    void start();

  private:
    void gather(TelemetrySender::Given given);

    EventLoop& till_loop_;
    TelemetryParts parts_;
    TelemetryOrigin origin_;
    std::function<Families()> measured_;
    std::optional<TelemetrySender> sender_;
};

}  // namespace tillkeeper::agent
