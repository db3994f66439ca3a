// The three kinds of things that a collector is told. Values.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace tillkeeper::agent {

enum class TelemetrySignal : std::uint8_t { kMetrics, kLogs, kTraces };

inline constexpr std::array kTelemetrySignals{TelemetrySignal::kMetrics, TelemetrySignal::kLogs,
                                              TelemetrySignal::kTraces};
// As OTLP's paths and our configuration call them.
[[nodiscard]] constexpr std::string_view to_string(TelemetrySignal signal) {
    constexpr std::array<std::string_view, 3> kWords{"metrics", "logs", "traces"};
    return kWords[static_cast<std::size_t>(signal)];
}

// Something for each signal.
template <typename Value>
class BySignal {
  public:
    [[nodiscard]] Value& operator[](TelemetrySignal signal) { return values_[static_cast<std::size_t>(signal)]; }
    [[nodiscard]] const Value& operator[](TelemetrySignal signal) const {
        return values_[static_cast<std::size_t>(signal)];
    }

  private:
    std::array<Value, 3> values_{};
};

// What the collector did not get, since start: points of metrics, lines, spans. Any thread.
using TelemetryDropped = BySignal<std::atomic<std::uint64_t>>;

}  // namespace tillkeeper::agent
