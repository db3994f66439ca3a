#include "agent/telemetry/telemetry_side.h"

#include <algorithm>
#include <string>
#include <utility>

#include "agent/telemetry/otlp_traces.h"
#include "agent/version.h"

namespace tillkeeper::agent {
namespace {

constexpr Duration kWaitsAtMost = std::chrono::seconds(5);  // lines and spans: queues are short

}  // namespace

TelemetrySide::TelemetrySide(EventLoop& till_loop, TelemetryParts parts, const Config& config,
                             std::function<Families()> measured)
    : till_loop_(till_loop),
      parts_(parts),
      config_(config.telemetry),
      origin_{config.store_id, std::string(kVersion), parts.clock.wall()},
      measured_(std::move(measured)) {
    if (!config_) return;
    using Given = TelemetrySource::Given;
    const auto soon = std::min(config_->every, kWaitsAtMost);
    add_sender(TelemetrySignal::kMetrics, config_->every, [this](Given given) { gather_metrics(std::move(given)); });
    add_sender(TelemetrySignal::kLogs, soon, [this](Given given) { given(lines_.take(origin_)); });
    add_sender(TelemetrySignal::kTraces, soon, [this](Given given) { given(spans_.take(origin_)); });
}

void TelemetrySide::add_sender(TelemetrySignal signal, Duration every,
                               std::function<void(TelemetrySource::Given)> gather) {
    if (!config_->sends[signal]) return;
    senders_.push_back(std::make_unique<TelemetrySender>(parts_, *config_,
                                                         TelemetrySource{signal, every, std::move(gather)}, dropped_));
}

void TelemetrySide::start() {
    for (const auto& sender : senders_) sender->start();
}

LogObserver* TelemetrySide::log_observer() {
    return config_ && config_->sends[TelemetrySignal::kLogs] ? &log_feed_ : nullptr;
}

sync::RequestTracer TelemetrySide::tracer() {
    if (!config_ || !config_->sends[TelemetrySignal::kTraces]) return {};
    return [this](const sync::RequestSpan& span) { spans_.add(otlp_span(span)); };
}

void TelemetrySide::gather_metrics(TelemetrySource::Given given) {
    till_loop_.post([this, given = std::move(given)]() mutable {
        parts_.loop.post([this, given = std::move(given), families = measured_()]() mutable {
            given(otlp_metrics(origin_, parts_.clock.wall(), families));
        });
    });
}

}  // namespace tillkeeper::agent
