// TillDesks: what tills ask and the agent answers, besides taking their transactions: look-ups and spending points.
// Reads the journal and the mirrors over connections of its own, so that no question waits for a write.
//
// Ownership: everything passed in outlives it. Thread: the till loop.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "agent/config/config.h"
#include "agent/lookups/lookup_desk.h"
#include "agent/loyalty/engine_line.h"
#include "agent/loyalty/lease_returns.h"
#include "agent/loyalty/redemption_desk.h"
#include "agent/mirror_side.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

struct TillDesksParts {
    MqttClient& mqtt;
    storage::Writer& writer;
    EventLoop& till_loop;
    EventLoop& sync_loop;
    const Clock& clock;
    const Device& device;
    const Config& config;
    storage::JournalOptions journal;
    storage::MirrorOptions mirrors;
    MirrorSide& copies;
    sync::Redeemer* redeemer;  // null: the engine is never asked
    std::function<void(const std::string& collection, LookupOutcome, LookupSource)> looked_up;
};

class TillDesks {
  public:
    [[nodiscard]] static Result<std::unique_ptr<TillDesks>> open(TillDesksParts parts);

    // One message from a till; takes no notice of what is not for it.
    void receive(MqttMessage message);
    void start() { returns_->start(); }
    // From now on; before the journal seals with a new one.
    void use_keys(storage::BodyKeys keys) { journal_->use_keys(std::move(keys)); }

    static constexpr std::array kFilters{LookupDesk::kFilter, RedemptionDesk::kFilter};

  private:
    explicit TillDesks(TillDesksParts parts) : parts_(std::move(parts)) {}

    TillDesksParts parts_;
    std::unique_ptr<storage::JournalReader> journal_;
    std::unique_ptr<storage::MirrorReader> mirrors_;
    std::optional<LookupDesk> lookups_;
    std::optional<LoyaltyBooks> books_;
    std::optional<EngineLine> engine_;
    std::optional<RedemptionDesk> redemptions_;
    std::optional<LeaseReturns> returns_;
};

}  // namespace tillkeeper::agent
