#include "agent/local/open_metrics.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "agent/contract/problem.h"

namespace tillkeeper::agent {
namespace {

std::string number(double value) {
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    if (std::isnan(value)) return "NaN";
    // Not 5e-04: a bound of a histogram is a label, and is to be the same one in both forms.
    const bool plain = std::abs(value) >= 1e-6 && std::abs(value) < 1e15;
    const auto format = plain ? std::chars_format::fixed : std::chars_format::general;
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, format).ptr;
    return {digits.data(), end};
}

using Labels = std::vector<prometheus::ClientMetric::Label>;

void sample_line(std::string& out, const std::string& name, const Labels& labels, double value,
                 const std::string& le = "") {
    out += name;
    std::string inside;
    const auto add = [&](std::string_view key, const std::string& text) {
        if (!inside.empty()) inside += ',';
        inside += std::string(key) + '=' + quoted(text);
    };
    for (const auto& label : labels) add(label.name, label.value);
    if (!le.empty()) add("le", le);
    if (!inside.empty()) out += '{' + inside + '}';
    out += ' ' + number(value) + '\n';
}

void histogram(std::string& out, const std::string& name, const prometheus::ClientMetric& metric) {
    for (const auto& bucket : metric.histogram.bucket)
        sample_line(out, name + "_bucket", metric.label, static_cast<double>(bucket.cumulative_count),
                    number(bucket.upper_bound));
    sample_line(out, name + "_count", metric.label, static_cast<double>(metric.histogram.sample_count));
    sample_line(out, name + "_sum", metric.label, metric.histogram.sample_sum);
}

// OpenMetrics names the family of a counter without the "_total" of its samples.
std::string family_name(const prometheus::MetricFamily& family) {
    std::string name = family.name;
    if (family.type == prometheus::MetricType::Counter && name.ends_with("_total")) name.resize(name.size() - 6);
    return name;
}

const char* type_name(const prometheus::MetricFamily& family) {
    if (family.name.ends_with("_info")) return "info";
    switch (family.type) {
        case prometheus::MetricType::Counter:
            return "counter";
        case prometheus::MetricType::Histogram:
            return "histogram";
        case prometheus::MetricType::Gauge:
            return "gauge";
        default:
            return "unknown";
    }
}

}  // namespace

std::string open_metrics_text(const std::vector<prometheus::MetricFamily>& families) {
    std::string out;
    for (const auto& family : families) {
        std::string name = family_name(family);
        if (name.ends_with("_info")) name.resize(name.size() - 5);
        out += "# TYPE " + name + ' ' + type_name(family) + '\n';
        out += "# HELP " + name + ' ' + family.help + '\n';
        for (const auto& metric : family.metric) {
            if (family.type == prometheus::MetricType::Histogram)
                histogram(out, family.name, metric);
            else if (family.type == prometheus::MetricType::Counter)
                sample_line(out, family.name, metric.label, metric.counter.value);
            else
                sample_line(out, family.name, metric.label, metric.gauge.value);
        }
    }
    return out + "# EOF\n";
}

}  // namespace tillkeeper::agent
