// DeferredLookups: keeps what nobody could answer, and answers it when somebody can, in the order in which it was
// asked [agent-16].
//
// A look-up is settled only after its answer went to the bus and the member it found is attached to the sales that
// named the card meanwhile: a crash in between answers twice rather than never. One that stays unknown is kept, as long
// as its collection's copy would be. Ownership: everything passed in outlives it. Thread: as each call says.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/lookups/attachments.h"
#include "agent/lookups/deferred_request.h"
#include "agent/lookups/live_sources.h"
#include "agent/lookups/mirror_answers.h"

namespace tillkeeper::agent {

struct DeferredParts {
    storage::Mirrors& mirrors;
    storage::MirrorReader& reader;    // of the sync loop
    storage::JournalReader& journal;  // of the sync loop
    storage::Writer& writer;
    EventLoop& till_loop;
    EventLoop& sync_loop;
    const Clock& clock;
    const Device& device;
    MqttClient& mqtt;  // of the till loop
    LiveSources& live;
    // Till loop: one was answered.
    std::function<void(const std::string& collection, LookupOutcome, LookupSource)> answered =
        [](const auto&, LookupOutcome, LookupSource) {};
};

class DeferredLookups final : public LookupKeeper {
  public:
    // `collections` outlive it.
    DeferredLookups(const std::vector<sync::SourceConfig>& collections, DeferredParts parts);

    // Till loop; `done` runs there.
    void keep(storage::DeferredLookup lookup, Done done) override;
    // Sync loop: the cloud has answered something, or the network is back. Cheap where nothing is kept or it was
    // tried just now.
    void network_back();
    // Sync loop: a copy has become newer.
    void pulled();

  private:
    void begin_round();
    void end_round(Duration until_next);
    void next_batch();
    void next();
    void resolve(const storage::DeferredLookup& lookup);
    void from_the_copy(const storage::DeferredLookup& lookup);
    void heard(const storage::DeferredLookup& lookup, LiveReply reply);
    void conclude(const storage::DeferredLookup& lookup, const LookupResult& result);
    void told(const storage::DeferredLookup& lookup, bool sent, const LookupResult& result);
    void settle_batch(Result<void> attached);

    std::map<std::string, const sync::SourceConfig*, std::less<>> collections_;
    DeferredParts parts_;
    MirrorAnswers copy_;
    Attachments attachments_;

    bool running_ = false;
    bool again_ = false;
    MonotonicTime rest_until_{};
    Timer retry_;
    std::vector<storage::DeferredLookup> batch_;
    std::size_t at_ = 0;
    // Of the look-up that is being resolved.
    DeferredRequest asked_;
    LookupRequest request_;
    // Of this batch, told already.
    std::vector<std::int64_t> settled_;
    std::vector<CardNamed> cards_;
    std::int64_t after_ = 0;
};

}  // namespace tillkeeper::agent
