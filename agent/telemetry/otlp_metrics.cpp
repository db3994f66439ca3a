#include "agent/telemetry/otlp_metrics.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace tillkeeper::agent {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

std::string number(double value) {
    if (std::isnan(value)) return "\"NaN\"";
    if (std::isinf(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

class Request {
  public:
    Request(const TelemetryOrigin& origin, WallTime now) : origin_(origin), now_(otlp_time(now)) {}

    [[nodiscard]] TelemetryBatch batch(const std::vector<prometheus::MetricFamily>& families) {
        OtlpList metrics;
        for (const auto& family : families)
            if (const auto one = metric(family); !one.empty()) metrics.add(one);
        return {otlp_request(TelemetrySignal::kMetrics, origin_, metrics), points_};
    }

  private:
    // "" without a point.
    [[nodiscard]] std::string metric(const prometheus::MetricFamily& family) {
        OtlpList points;
        for (const auto& one : family.metric) {
            if (family.type == MetricType::Gauge && std::isnan(one.gauge.value)) continue;
            ++points_;
            if (family.type == MetricType::Histogram)
                points.add(histogram(one));
            else if (family.type == MetricType::Counter)
                points.add(point(one, one.counter.value, true));
            else
                points.add(point(one, one.gauge.value, false));
        }
        if (points.empty()) return {};
        return R"({"name":)" + otlp_string(family.name) + R"(,"description":)" + otlp_string(family.help) + ',' +
               kind(family.type) + points.text() + "}}";
    }

    [[nodiscard]] static std::string kind(MetricType type) {
        constexpr const char* kCumulative = R"("aggregationTemporality":2,)";
        if (type == MetricType::Histogram) return std::string(R"("histogram":{)") + kCumulative + R"("dataPoints":)";
        if (type == MetricType::Counter)
            return std::string(R"("sum":{)") + kCumulative + R"("isMonotonic":true,"dataPoints":)";
        return R"("gauge":{"dataPoints":)";
    }

    [[nodiscard]] std::string head(const ClientMetric& one, bool counts) const {
        OtlpList labels;
        for (const auto& label : one.label) labels.add(otlp_attribute(label.name, label.value));
        return R"({"attributes":)" + labels.text() +
               (counts ? R"(,"startTimeUnixNano":)" + otlp_time(origin_.started) : "") + R"(,"timeUnixNano":)" + now_;
    }

    [[nodiscard]] std::string point(const ClientMetric& one, double value, bool counts) const {
        return head(one, counts) + R"(,"asDouble":)" + number(value) + '}';
    }

    // Prometheus counts up to each bound, OTLP between two of them.
    [[nodiscard]] std::string histogram(const ClientMetric& one) const {
        OtlpList counts;
        OtlpList bounds;
        std::uint64_t before = 0;
        for (const auto& bucket : one.histogram.bucket) {
            counts.add(otlp_integer(bucket.cumulative_count - before));
            before = bucket.cumulative_count;
            if (!std::isinf(bucket.upper_bound)) bounds.add(number(bucket.upper_bound));
        }
        return head(one, true) + R"(,"count":)" + otlp_integer(one.histogram.sample_count) + R"(,"sum":)" +
               number(one.histogram.sample_sum) + R"(,"bucketCounts":)" + counts.text() + R"(,"explicitBounds":)" +
               bounds.text() + '}';
    }

    const TelemetryOrigin& origin_;
    std::string now_;
    std::size_t points_ = 0;
};

}  // namespace

TelemetryBatch otlp_metrics(const TelemetryOrigin& origin, WallTime now,
                            const std::vector<prometheus::MetricFamily>& families) {
    return Request(origin, now).batch(families);
}

}  // namespace tillkeeper::agent
