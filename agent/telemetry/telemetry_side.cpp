#include "agent/telemetry/telemetry_side.h"

#include <string>
#include <utility>

#include "agent/version.h"

namespace tillkeeper::agent {

TelemetrySide::TelemetrySide(EventLoop& till_loop, TelemetryParts parts, const Config& config,
                             std::function<Families()> measured)
    : till_loop_(till_loop),
      parts_(parts),
      origin_{config.store_id, std::string(kVersion), parts.clock.wall()},
      measured_(std::move(measured)) {
    if (config.telemetry)
        sender_.emplace(parts_, *config.telemetry, [this](TelemetrySender::Given given) { gather(std::move(given)); });
}

void TelemetrySide::start() {
    if (sender_) sender_->start();
}

void TelemetrySide::gather(TelemetrySender::Given given) {
    till_loop_.post([this, given = std::move(given)]() mutable {
        parts_.loop.post([this, given = std::move(given), families = measured_()]() mutable {
            given(otlp_metrics(origin_, parts_.clock.wall(), families));
        });
    });
}

}  // namespace tillkeeper::agent
