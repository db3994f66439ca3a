// HardwareWatch: what the box's hardware says, asked once a minute; what gets worse stands in the log once.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <optional>
#include <string>

#include "agent/local/store_state.h"
#include "platform/clock.h"
#include "platform/hardware.h"

namespace tillkeeper::agent {

class HardwareWatch {
  public:
    // Without hardware nothing is known of it.
    HardwareWatch(const Clock& clock, const Hardware* hardware) : clock_(clock), hardware_(hardware) {}

    void look(StoreState& state);

  private:
    void ask();

    const Clock& clock_;
    const Hardware* hardware_;
    std::optional<MonotonicTime> asked_;
    HardwareIdentity identity_;
    HardwareState state_;
    std::string ailments_;  // as the log has them
};

}  // namespace tillkeeper::agent
