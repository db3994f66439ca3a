// MirrorSide: copies of cloud data on the sync loop: the sources that fill them, what the clouds are asked live,
// look-ups that wait for an answer, and what this store moved itself.
//
// Ownership: everything passed in outlives it. Thread: the sync loop, from start() to destruction, but for what live()
// and keeper() say.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/lookups/deferred_lookups.h"
#include "agent/lookups/live_sources.h"
#include "agent/lookups/own_movements.h"
#include "platform/mqtt.h"
#include "storage/mirror_reader.h"
#include "storage/mirrors.h"
#include "sync/live_source.h"
#include "sync/source.h"

namespace tillkeeper::agent {

struct MirrorSideParts {
    sync::SyncParts sync;
    EventLoop& till_loop;
    MqttClient& mqtt;  // of the till loop
    const std::vector<sync::SourceConfig>& collections;
    storage::MirrorOptions options;
    std::function<bool()> sales_wait;  // see sync::SourceParts
    std::function<storage::JournalNumber(const std::string& destination)> delivered;
    std::function<void(const std::string& collection, LookupOutcome, LookupSource)> answered;  // till loop
};

class MirrorSide {
  public:
    // Opens or makes the mirrors. kInvalid as sync::Source::make.
    [[nodiscard]] static Result<std::unique_ptr<MirrorSide>> open(MirrorSideParts parts);

    void start();
    // New entries are in the journal.
    void wake() { movements_->wake(); }
    // A destination was reached again.
    void network_back();

    [[nodiscard]] LiveLookup& live() { return *live_; }
    [[nodiscard]] LookupKeeper& keeper() { return *deferred_; }
    [[nodiscard]] std::vector<sync::SourceStatus> status() const;
    // Takes a person out of every copy; returns how many records went. Their bytes are overwritten soon after.
    [[nodiscard]] Result<std::int64_t> erase_member(const std::string& member_id);
    [[nodiscard]] Result<void> change_key(const std::string& key) { return mirrors_->change_key(key); }

  private:
    explicit MirrorSide(MirrorSideParts parts);
    [[nodiscard]] Result<void> prepare();
    [[nodiscard]] Result<void> add(const sync::SourceConfig& config);
    [[nodiscard]] Result<void> drop_what_is_not_configured();
    void tidy_up();

    MirrorSideParts parts_;
    std::unique_ptr<storage::Mirrors> mirrors_;
    std::unique_ptr<storage::MirrorReader> reader_;
    std::unique_ptr<LiveSources> live_;
    std::vector<std::unique_ptr<sync::LiveSource>> live_sources_;
    std::vector<std::unique_ptr<sync::Source>> sources_;
    std::unique_ptr<OwnMovements> movements_;
    std::unique_ptr<DeferredLookups> deferred_;
};

}  // namespace tillkeeper::agent
