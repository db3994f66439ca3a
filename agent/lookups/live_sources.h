// LiveSources: the way of a live look-up from the till loop to the cloud and back. What the cloud says is put into the
// mirror as well.
// Ownership: everything passed in outlives it. Thread: as each call says.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/lookups/live_lookup.h"
#include "platform/clock.h"
#include "platform/event_loop.h"
#include "storage/mirrors.h"
#include "sync/source.h"

namespace tillkeeper::agent {

struct LiveParts {
    EventLoop& till_loop;
    EventLoop& sync_loop;
    const Clock& clock;
    storage::Mirrors& mirrors;
    std::function<storage::JournalNumber(const std::string& destination)> delivered;  // its cursor; sync loop
    std::function<void()> heard = [] {};  // the cloud has answered; sync loop
};

class LiveSources final : public LiveLookup {
  public:
    explicit LiveSources(LiveParts parts) : parts_(std::move(parts)) {}

    // Before the first question. Both outlive it.
    void add(const sync::SourceConfig& config, sync::LiveSource& source) {
        sources_[config.collection] = {&config, &source};
    }

    // Any thread. False for a collection that has none.
    [[nodiscard]] bool worth_asking(const std::string& collection) const override;
    // Till loop; `done` runs there.
    void ask(const std::string& collection, const std::string& field, const std::string& value, MonotonicTime deadline,
             Done done) override;
    // The same on the sync loop; `done` runs there, at the deadline at the latest.
    void ask_here(const std::string& collection, const std::string& field, const std::string& value,
                  MonotonicTime deadline, Done done);

  private:
    struct Known {
        const sync::SourceConfig* config = nullptr;
        sync::LiveSource* source = nullptr;
    };
    void keep(const sync::SourceConfig& config, const std::string& asked_key, const sync::LiveAnswer& answer);

    LiveParts parts_;
    std::map<std::string, Known, std::less<>> sources_;
};

}  // namespace tillkeeper::agent
