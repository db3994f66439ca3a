// The metrics of the contract, and further ones, kept with prometheus-cpp and written as text.
// Thread: the till loop.
#pragma once

#include <prometheus/metric_family.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/bus/till_bus.h"
#include "agent/local/store_state.h"
#include "agent/lookups/answer.h"
#include "agent/telemetry/telemetry_signal.h"
#include "platform/clock.h"

namespace tillkeeper::agent {

class Metrics {
  public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // The daemon began to run, on a journal of that form.
    void started(WallTime at, int schema);
    void answered(Outcome outcome, double seconds);
    void refused(Refusal refusal);
    // One look-up was answered.
    void looked_up(const std::string& collection, LookupOutcome outcome, LookupSource source);
    void update(const StoreState& state);
    // How long it is good yet; negative when it has expired.
    void certificate(const std::string& use, Duration left);
    void update(const TelemetryDropped& dropped);
    // Media type: application/openmetrics-text; version=1.0.0; charset=utf-8
    [[nodiscard]] std::string text() const;
    // The older form, for those who ask for it: text/plain; version=0.0.4; charset=utf-8
    [[nodiscard]] std::string plain_text() const;

    // The same as values.
    [[nodiscard]] std::vector<prometheus::MetricFamily> families() const;

  private:
    void update(const DestinationState& state);

    struct Series;
    std::unique_ptr<Series> series_;
};

}  // namespace tillkeeper::agent
