// Writes collected metric families as OpenMetrics 1.0 text; the library itself knows only the older Prometheus form.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace tillkeeper::agent {

[[nodiscard]] std::string open_metrics_text(const std::vector<prometheus::MetricFamily>& families);

}  // namespace tillkeeper::agent
