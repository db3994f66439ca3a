// FleetSide: what this box tells of itself to those who look after thousands: its hardware, and a heartbeat.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/config/config.h"
#include "agent/hardware_watch.h"
#include "agent/heartbeat/heartbeat.h"
#include "agent/local/store_state.h"

namespace tillkeeper::agent {

struct FleetParts {
    sync::SyncParts sync;
    const Hardware* hardware;  // null: nothing is known of it
    const Config& config;
    std::function<std::string()> intake_fault;  // "" while transactions can be accepted
};

class FleetSide {
  public:
    // kInvalid: a key of the configuration cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<FleetSide>> open(FleetParts parts);

    void start();
    // Each look at the store; writes into it what the hardware says.
    void look(StoreState& store);

  private:
    explicit FleetSide(FleetParts parts);
    [[nodiscard]] std::string report() const;

    FleetParts parts_;
    HardwareWatch hardware_;
    const WallTime started_;
    StoreState store_;                      // as it was last seen
    std::unique_ptr<Heartbeat> heartbeat_;  // null: nobody wants one
};

}  // namespace tillkeeper::agent
