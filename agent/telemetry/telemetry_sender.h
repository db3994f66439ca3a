// TelemetrySender: brings one signal to an OpenTelemetry collector (OTLP/HTTP, JSON), with a beat.
//
// One request at a time. What a collector could not take now is sent once more with a later beat, eight times at most
// to a collector that is reached; metrics are measured anew instead, since sums are cumulative. After each failure in a
// row twice as many beats are left out, up to 16.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "agent/telemetry/otlp_json.h"
#include "agent/telemetry/telemetry_config.h"
#include "platform/event_loop.h"
#include "platform/http.h"

namespace tillkeeper::agent {

struct TelemetryParts {
    EventLoop& loop;
    const Clock& clock;
    HttpClient& http;
};

// What there is to send.
struct TelemetrySource {
    using Given = std::move_only_function<void(TelemetryBatch)>;

    TelemetrySignal signal = TelemetrySignal::kMetrics;
    Duration every{};
    // Writes what is to be sent and calls what it was given with it, now or later, on this loop.
    std::function<void(Given)> gather{};
};

class TelemetrySender {
  public:
    TelemetrySender(TelemetryParts parts, const TelemetryConfig& config, TelemetrySource source,
                    TelemetryDropped& dropped);

    void start();

  private:
    void beat();
    void gather();
    void send();
    void ended(const HttpResponse& response);
    void wait_after(const HttpResponse& response);
    void lose(std::size_t items) { dropped_[source_.signal] += items; }
    void note(const std::string& trouble);

    TelemetryParts parts_;
    const TelemetryConfig& config_;
    TelemetrySource source_;
    TelemetryDropped& dropped_;
    bool asked_ = false;  // what is gathered has not come yet
    TelemetryBatch batch_;
    unsigned tries_ = 0;     // of the batch, that reached the collector
    unsigned failures_ = 0;  // in a row
    MonotonicTime sent_{};
    MonotonicTime not_before_{};
    std::string trouble_;  // as the log has it
    Timer timer_;
    std::unique_ptr<HttpCall> call_;
};

}  // namespace tillkeeper::agent
