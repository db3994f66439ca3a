// RunwayWatch: what the runway is guessed from, looked at again every few minutes; free room at each look.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/journal_glance.h"
#include "agent/local/store_state.h"
#include "platform/device.h"

namespace tillkeeper::agent {

class RunwayWatch {
  public:
    using Ends = std::function<std::vector<KnownEnd>()>;  // reads small files

    RunwayWatch(const Clock& clock, const Device& device, std::string data_folder, Ends ends)
        : clock_(clock), device_(device), data_folder_(std::move(data_folder)), ends_(std::move(ends)) {}

    // Writes free room and runway into `state`.
    void look(JournalGlance& glance, StoreState& state);

  private:
    void look_closely(JournalGlance& glance);

    const Clock& clock_;
    const Device& device_;
    const std::string data_folder_;
    const Ends ends_;
    std::optional<MonotonicTime> looked_;
    DiskUse use_;  // without the free room
    std::vector<KnownEnd> known_;
};

}  // namespace tillkeeper::agent
