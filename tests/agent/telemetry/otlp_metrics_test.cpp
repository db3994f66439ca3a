// [agent-106] What /metrics has comes out in the collector's form.
#include "agent/telemetry/otlp_metrics.h"

#include <gtest/gtest.h>

#include <limits>

namespace tillkeeper::agent {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

const TelemetryOrigin kOrigin{"00\"42", "1.2.3", WallTime(Duration(1'000'000))};
constexpr WallTime kNow{Duration(2'000'001)};

std::string metrics_of(const MetricFamily& family) {
    const auto text = otlp_metrics(kOrigin, kNow, {family}).body;
    const auto from = text.find(R"("metrics":)");
    return text.substr(from, text.size() - from - std::string_view("}]}]}").size());
}

MetricFamily family_of(MetricType type, const ClientMetric& metric) {
    return {"a", "b", type, {metric}};
}

TEST(OtlpMetrics, SayWhoSendsThem) {
    EXPECT_EQ(otlp_metrics(kOrigin, kNow, {}).body,
              R"({"resourceMetrics":[{"resource":{"attributes":[)"
              R"({"key":"service.name","value":{"stringValue":"tillkeeper"}},)"
              R"({"key":"service.version","value":{"stringValue":"1.2.3"}},)"
              R"({"key":"service.instance.id","value":{"stringValue":"00\"42"}},)"
              R"({"key":"tillkeeper.store","value":{"stringValue":"00\"42"}}]},)"
              R"("scopeMetrics":[{"scope":{"name":"tillkeeper","version":"1.2.3"},"metrics":[]}]}]})");
}

TEST(OtlpMetrics, ACounterIsACumulativeSumSinceTheStart) {
    ClientMetric metric;
    metric.label = {{"outcome", "accepted"}};
    metric.counter.value = 7;
    EXPECT_EQ(metrics_of(family_of(MetricType::Counter, metric)),
              R"("metrics":[{"name":"a","description":"b","sum":{"aggregationTemporality":2,"isMonotonic":true,)"
              R"("dataPoints":[{"attributes":[{"key":"outcome","value":{"stringValue":"accepted"}}],)"
              R"("startTimeUnixNano":"1000000000","timeUnixNano":"2000001000","asDouble":7}]}}])");
}

TEST(OtlpMetrics, AGaugeIsWhatItIsNow) {
    ClientMetric metric;
    metric.gauge.value = -0.5;
    EXPECT_EQ(metrics_of(family_of(MetricType::Gauge, metric)),
              R"("metrics":[{"name":"a","description":"b","gauge":{"dataPoints":[)"
              R"({"attributes":[],"timeUnixNano":"2000001000","asDouble":-0.5}]}}])");
}

TEST(OtlpMetrics, WhatIsNotKnownIsLeftOut) {
    ClientMetric metric;
    metric.gauge.value = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(metrics_of(family_of(MetricType::Gauge, metric)), R"("metrics":[])");
}

TEST(OtlpMetrics, AHistogramCountsBetweenItsBounds) {
    ClientMetric metric;
    metric.histogram.sample_count = 6;
    metric.histogram.sample_sum = 3.25;
    metric.histogram.bucket = {{1, 0.5}, {4, 1}, {6, std::numeric_limits<double>::infinity()}};
    EXPECT_EQ(metrics_of(family_of(MetricType::Histogram, metric)),
              R"("metrics":[{"name":"a","description":"b","histogram":{"aggregationTemporality":2,"dataPoints":[)"
              R"({"attributes":[],"startTimeUnixNano":"1000000000","timeUnixNano":"2000001000","count":"6",)"
              R"("sum":3.25,"bucketCounts":["1","3","2"],"explicitBounds":[0.5,1]}]}}])");
}

TEST(OtlpMetrics, CountTheirPoints) {
    ClientMetric known, unknown;
    unknown.gauge.value = std::numeric_limits<double>::quiet_NaN();
    const auto batch = otlp_metrics(kOrigin, kNow,
                                    {{"a", "b", MetricType::Gauge, {known, unknown, known}},
                                     {"c", "d", MetricType::Counter, {known}},
                                     {"e", "f", MetricType::Histogram, {known}}});
    EXPECT_EQ(batch.items, 4U);
    EXPECT_EQ(otlp_metrics(kOrigin, kNow, {}).items, 0U);
}

}  // namespace
}  // namespace tillkeeper::agent
