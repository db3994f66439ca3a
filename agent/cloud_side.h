// CloudSide: the destinations and what is known about them, on the sync loop.
//
// Ownership: everything passed in outlives it. Thread: the sync loop, from start() to destruction.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/journal_glance.h"
#include "agent/local/store_state.h"
#include "platform/device.h"
#include "sync/connectivity.h"
#include "sync/destination.h"

namespace tillkeeper::agent {

class CloudSide {
  public:
    CloudSide(sync::SyncParts parts, const Device& device, std::string data_folder)
        : parts_(std::move(parts)), device_(device), data_folder_(std::move(data_folder)) {}

    // kInvalid as sync::Destination::make.
    [[nodiscard]] Result<void> add(sync::DestinationConfig config);
    // Starts all destinations, and calls `changed` with the store's state twice a second, and `reached` when one is
    // reached again after none was.
    [[nodiscard]] Result<void> start(std::function<void(StoreState)> changed, std::function<void()> reached);
    // New entries are in the journal, or a person decided something.
    void wake();
    // Ends all waiting now, but not what a service asked for; calls `reached` too.
    void retry_now();
    // How far a destination has come; 0 for one that is not there.
    [[nodiscard]] storage::JournalNumber delivered(const std::string& destination) const;
    // Whether some destination has a backlog that is on its way: all else comes after it.
    [[nodiscard]] bool catches_up() const;
    // The newest state; what only the bus knows (accepting or not) is not in it.
    [[nodiscard]] const StoreState& state() const { return state_; }

  private:
    void tick();
    [[nodiscard]] bool none_takes() const;
    [[nodiscard]] Result<StoreState> look();
    [[nodiscard]] DestinationState look_at(const sync::Destination& destination);
    void guess_runway(StoreState& state);
    void note_clock();

    sync::SyncParts parts_;
    JournalGlance glance_{parts_.reader};
    const Device& device_;
    const std::string data_folder_;
    std::vector<std::unique_ptr<sync::Destination>> destinations_;
    sync::Connectivity connectivity_;
    std::function<void(StoreState)> changed_;
    std::function<void()> reached_;
    StoreState state_;
    bool cut_off_ = false;                 // none of them takes anything
    std::optional<Duration> noted_clock_;  // wall time less monotonic time, as the journal knows it
    Timer timer_;
};

}  // namespace tillkeeper::agent
