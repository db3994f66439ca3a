// TelemetrySender: brings measurements to an OpenTelemetry collector (OTLP/HTTP, JSON), with a beat.
//
// One request at a time, nothing is kept: sums are cumulative, so that the next beat says all that a lost one said.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/telemetry/telemetry_config.h"
#include "platform/event_loop.h"
#include "platform/http.h"

namespace tillkeeper::agent {

struct TelemetryParts {
    EventLoop& loop;
    const Clock& clock;
    HttpClient& http;
};

class TelemetrySender {
  public:
    using Given = std::move_only_function<void(std::string body)>;
    // `gather` writes what is to be sent and calls what it was given with it, later and on this loop.
    TelemetrySender(TelemetryParts parts, TelemetryConfig config, std::function<void(Given)> gather);

    void start();

  private:
    void beat();
    void send(std::string body);
    void ended(const HttpResponse& response);

    TelemetryParts parts_;
    TelemetryConfig config_;
    std::function<void(Given)> gather_;
    bool asked_ = false;  // what is gathered has not come yet
    MonotonicTime not_before_{};
    std::string trouble_;  // as the log has it
    Timer timer_;
    std::unique_ptr<HttpCall> call_;
};

}  // namespace tillkeeper::agent
