#include "agent/telemetry/otlp_metrics.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "agent/contract/problem.h"

namespace tillkeeper::agent {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

// Integers of 64 bits are texts in the JSON mapping.
std::string text_of(std::uint64_t number) {
    return '"' + std::to_string(number) + '"';
}

std::string nanoseconds(WallTime time) {
    return '"' + std::to_string(time.time_since_epoch().count()) + "000\"";
}

std::string number(double value) {
    if (std::isnan(value)) return "\"NaN\"";
    if (std::isinf(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

// Items of a list, with a comma between them.
class List {
  public:
    void add(const std::string& item) {
        if (!items_.empty()) items_ += ',';
        items_ += item;
    }
    [[nodiscard]] bool empty() const { return items_.empty(); }
    [[nodiscard]] std::string text() const { return '[' + items_ + ']'; }

  private:
    std::string items_;
};

std::string attribute(std::string_view key, std::string_view value) {
    return R"({"key":)" + quoted(key) + R"(,"value":{"stringValue":)" + quoted(value) + "}}";
}

class Request {
  public:
    Request(const TelemetryOrigin& origin, WallTime now) : origin_(origin), now_(nanoseconds(now)) {}

    [[nodiscard]] std::string text(const std::vector<prometheus::MetricFamily>& families) const {
        List metrics;
        for (const auto& family : families)
            if (const auto one = metric(family); !one.empty()) metrics.add(one);
        List resource;
        resource.add(attribute("service.name", "tillkeeper"));
        resource.add(attribute("service.version", origin_.version));
        resource.add(attribute("service.instance.id", origin_.store));
        resource.add(attribute("tillkeeper.store", origin_.store));
        return R"({"resourceMetrics":[{"resource":{"attributes":)" + resource.text() +
               R"(},"scopeMetrics":[{"scope":{"name":"tillkeeper","version":)" + quoted(origin_.version) +
               R"(},"metrics":)" + metrics.text() + "}]}]}";
    }

  private:
    // "" without a point.
    [[nodiscard]] std::string metric(const prometheus::MetricFamily& family) const {
        List points;
        for (const auto& one : family.metric) {
            if (family.type == MetricType::Histogram)
                points.add(histogram(one));
            else if (family.type == MetricType::Counter)
                points.add(point(one, one.counter.value, true));
            else if (!std::isnan(one.gauge.value))
                points.add(point(one, one.gauge.value, false));
        }
        if (points.empty()) return {};
        return R"({"name":)" + quoted(family.name) + R"(,"description":)" + quoted(family.help) + ',' +
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
        List labels;
        for (const auto& label : one.label) labels.add(attribute(label.name, label.value));
        return R"({"attributes":)" + labels.text() +
               (counts ? R"(,"startTimeUnixNano":)" + nanoseconds(origin_.started) : "") + R"(,"timeUnixNano":)" + now_;
    }

    [[nodiscard]] std::string point(const ClientMetric& one, double value, bool counts) const {
        return head(one, counts) + R"(,"asDouble":)" + number(value) + '}';
    }

    // Prometheus counts up to each bound, OTLP between two of them.
    [[nodiscard]] std::string histogram(const ClientMetric& one) const {
        List counts;
        List bounds;
        std::uint64_t before = 0;
        for (const auto& bucket : one.histogram.bucket) {
            counts.add(text_of(bucket.cumulative_count - before));
            before = bucket.cumulative_count;
            if (!std::isinf(bucket.upper_bound)) bounds.add(number(bucket.upper_bound));
        }
        return head(one, true) + R"(,"count":)" + text_of(one.histogram.sample_count) + R"(,"sum":)" +
               number(one.histogram.sample_sum) + R"(,"bucketCounts":)" + counts.text() + R"(,"explicitBounds":)" +
               bounds.text() + '}';
    }

    const TelemetryOrigin& origin_;
    std::string now_;
};

}  // namespace

std::string otlp_metrics(const TelemetryOrigin& origin, WallTime now,
                         const std::vector<prometheus::MetricFamily>& families) {
    return Request(origin, now).text(families);
}

}  // namespace tillkeeper::agent
