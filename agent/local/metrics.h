// The metrics of the contract, kept with prometheus-cpp and written as OpenMetrics 1.0 text.
// Thread: the till loop.
#pragma once

#include <memory>
#include <string>

#include "agent/bus/till_bus.h"
#include "agent/local/store_state.h"
#include "agent/lookups/answer.h"
#include "platform/clock.h"

namespace tillkeeper::agent {

class Metrics {
  public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    void answered(Outcome outcome, double seconds);
    // One look-up was answered.
    void looked_up(const std::string& collection, LookupOutcome outcome, LookupSource source);
    void update(const StoreState& state);
    // How long it is good yet; negative when it has expired.
    void certificate(const std::string& use, Duration left);
    // Media type: application/openmetrics-text; version=1.0.0; charset=utf-8
    [[nodiscard]] std::string text() const;

  private:
    struct Series;
    std::unique_ptr<Series> series_;
};

}  // namespace tillkeeper::agent
