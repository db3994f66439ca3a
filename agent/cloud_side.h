// CloudSide: the destinations and what is known about them, on the sync loop.
//
// Ownership: everything passed in outlives it. Thread: the sync loop, from start() to destruction.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/journal_glance.h"
#include "agent/local/store_state.h"
#include "agent/runway_watch.h"
#include "platform/device.h"
#include "sync/connectivity.h"
#include "sync/destination.h"

namespace tillkeeper::agent {

class CloudSide {
  public:
    // `ends`: see RunwayWatch.
    CloudSide(sync::SyncParts parts, const Device& device, std::string data_folder, RunwayWatch::Ends ends)
        : parts_(std::move(parts)),
          device_(device),
          runway_(parts_.clock, device, std::move(data_folder), std::move(ends)) {}

    // kInvalid as sync::Destination::make.
    [[nodiscard]] Result<void> add(sync::DestinationConfig config);
    // Starts all destinations, and calls `changed` with the store's state twice a second, and `reached` when one is
    // reached again after none was.
    [[nodiscard]] Result<void> start(std::function<void(StoreState)> changed, std::function<void()> reached);
    // New entries are in the journal, or a person decided something.
    void wake();
    // Ends all waiting now, but not what a service asked for; calls `reached` too.
    void retry_now();
    // What people are told from now on: the store keeps itself offline; nothing: it no longer does. Whoever says so has
    // turned the network off or on before.
    void keep_offline(std::optional<WallTime> until, std::string by);
    // How far a destination has come; 0 for one that is not there.
    [[nodiscard]] storage::JournalNumber delivered(const std::string& destination) const;
    // Whether some destination has a backlog that is on its way: all else comes after it.
    [[nodiscard]] bool catches_up() const;
    // The newest state; what only the bus knows (accepting or not) is not in it.
    [[nodiscard]] const StoreState& state() const { return state_; }

  private:
    void tick();
    [[nodiscard]] Result<StoreState> look();
    [[nodiscard]] DestinationState look_at(const sync::Destination& destination);
    [[nodiscard]] std::int64_t seconds_since(WallTime when) const;
    [[nodiscard]] std::int64_t caught_up(const DestinationState& seen);
    void note_clock();

    sync::SyncParts parts_;
    JournalGlance glance_{parts_.reader};
    const Device& device_;
    RunwayWatch runway_;
    std::vector<std::unique_ptr<sync::Destination>> destinations_;
    sync::Connectivity connectivity_;
    std::function<void(StoreState)> changed_;
    std::function<void()> reached_;
    StoreState state_;
    std::optional<WallTime> offline_until_;
    std::string offline_by_;
    bool cut_off_ = false;     // none of them takes anything, whatever people are told
    bool comes_back_ = false;  // one does again, since the last look
    std::map<std::string, storage::JournalNumber> backlog_from_;  // where a destination fell behind
    std::optional<Duration> noted_clock_;  // wall time less monotonic time, as the journal knows it
    Timer timer_;
};

}  // namespace tillkeeper::agent
