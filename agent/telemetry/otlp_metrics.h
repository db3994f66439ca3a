// What /metrics has, as a request of OTLP/HTTP in JSON (ExportMetricsServiceRequest): values in, text out. Any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "platform/clock.h"

namespace tillkeeper::agent {

// Who sends it, and since when it counts.
struct TelemetryOrigin {
    std::string store;
    std::string version;
    WallTime started;
};

// Counters are cumulative sums, histograms have the bounds of /metrics. What is not known (NaN) has no point.
[[nodiscard]] std::string otlp_metrics(const TelemetryOrigin& origin, WallTime now,
                                       const std::vector<prometheus::MetricFamily>& families);

}  // namespace tillkeeper::agent
