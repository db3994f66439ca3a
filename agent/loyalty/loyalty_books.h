// LoyaltyBooks: what this store knows when it must decide about points alone: the members' copy, leases, what was spent
// in this outage, and what was approved before. Ownership: everything passed in outlives it. Thread: the till loop.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/loyalty/redemption_message.h"
#include "agent/loyalty/redemption_policy.h"
#include "platform/device.h"
#include "storage/journal_reader.h"
#include "storage/mirror_reader.h"

namespace tillkeeper::agent {

struct LoyaltyNames {
    std::string store;
    std::string destination;  // an outage is over when it has every redemption
    std::string issuer;       // "iss" of leases
    std::vector<std::string> key_pins{};
    std::string members = "members";  // collections; records have points, closed, pool
    std::string leases = "leases";    // records have jws; found by member_id, pool and store
    std::string keys = "lease_keys";  // records are JSON Web Keys, by kid
    std::string secret{};             // names members in pots without telling who they are; the same after a restart
};

class LoyaltyBooks {
  public:
    // Without `mirrors` nobody is known.
    LoyaltyBooks(storage::JournalReader& journal, storage::MirrorReader* mirrors, const Clock& clock,
                 const Device& device, LoyaltyNames names)
        : journal_(journal), mirrors_(mirrors), clock_(clock), device_(device), names_(std::move(names)) {}

    // What was approved under that id. Nothing: it was not, or a person was erased meanwhile.
    [[nodiscard]] Result<std::optional<ApprovedRedemption>> approved(const std::string& id);
    [[nodiscard]] Result<bool> voided(const std::string& id);
    [[nodiscard]] Result<OfflineFacts> facts(const std::string& member_id);
    // Leases of this store whose time is over and that were not given back. None while the clock cannot be trusted.
    [[nodiscard]] Result<std::vector<LeaseSeen>> leases_over();
    [[nodiscard]] std::string member_hash(const std::string& member_id) const;

  private:
    [[nodiscard]] Result<void> look_at_member(const std::string& member_id, OfflineFacts& facts);
    [[nodiscard]] Result<void> look_at_leases(const std::string& field, const std::string& value, OfflineFacts& facts);
    [[nodiscard]] std::optional<Lease> lease_of(const std::string& record);
    [[nodiscard]] Result<void> look_at_outage(const std::string& member_id, OfflineFacts& facts);
    [[nodiscard]] Result<storage::JournalNumber> delivered();

    storage::JournalReader& journal_;
    storage::MirrorReader* mirrors_;
    const Clock& clock_;
    const Device& device_;
    LoyaltyNames names_;
};

}  // namespace tillkeeper::agent
