#include "agent/till_desks.h"

#include <utility>

#include "agent/bus/topics.h"

namespace tillkeeper::agent {

Result<std::unique_ptr<TillDesks>> TillDesks::open(TillDesksParts given) {
    std::unique_ptr<TillDesks> desks(new TillDesks(std::move(given)));
    auto& parts = desks->parts_;
    auto journal = storage::JournalReader::open(parts.journal);
    if (!journal) return std::unexpected(journal.error());
    auto mirrors = storage::MirrorReader::open(parts.mirrors);
    if (!mirrors) return std::unexpected(mirrors.error());
    desks->journal_ = std::move(*journal);
    desks->mirrors_ = std::move(*mirrors);
    desks->lookups_.emplace(
        parts.config.collections,
        LookupParts{parts.mqtt, parts.till_loop, parts.clock, *desks->mirrors_, *desks->journal_,
                    parts.config.destinations, parts.copies.live(), parts.copies.keeper(), parts.looked_up});
    // Without a [loyalty] table nothing is known and nothing allowed: every redemption is declined.
    const LoyaltyConfig loyalty = parts.config.loyalty.value_or(LoyaltyConfig{});
    auto names = loyalty.names;
    names.store = parts.config.store_id;
    names.secret = parts.config.bus_identity;
    desks->books_.emplace(*desks->journal_, desks->mirrors_.get(), parts.clock, parts.device, std::move(names));
    if (parts.redeemer != nullptr)
        desks->engine_.emplace(parts.till_loop, parts.sync_loop, *parts.redeemer, loyalty.live.deadline);
    desks->redemptions_.emplace(RedemptionParts{parts.mqtt, parts.writer, parts.till_loop, parts.clock, parts.device,
                                                *desks->books_, desks->engine_ ? &*desks->engine_ : nullptr,
                                                loyalty.allowance});
    desks->returns_.emplace(LeaseReturnParts{parts.writer, parts.till_loop, parts.clock, parts.device, *desks->books_});
    return desks;
}

void TillDesks::receive(MqttMessage message) {
    if (parse_till_topic(message.topic).rest == "redemptions") return redemptions_->receive(std::move(message));
    lookups_->receive(message);
}

}  // namespace tillkeeper::agent
