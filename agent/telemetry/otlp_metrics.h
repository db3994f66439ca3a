// What /metrics has, as a request of OTLP/HTTP in JSON (ExportMetricsServiceRequest): values in, text out. Any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "agent/telemetry/otlp_json.h"

namespace tillkeeper::agent {

// Counters are cumulative sums, histograms have the bounds of /metrics. What is not known (NaN) has no point.
[[nodiscard]] TelemetryBatch otlp_metrics(const TelemetryOrigin& origin, WallTime now,
                                          const std::vector<prometheus::MetricFamily>& families);

}  // namespace tillkeeper::agent
