// RedemptionPolicy: whether a member's points may be spent while the loyalty engine cannot be asked. Pure.
//
// A lease (lease.h) is the engine's own word and comes first: no other store can spend the same points. Without one the
// store's allowance decides: so many points for each member and for the whole store in one outage. What is approved
// here is counted again where it is stored (`spends`), so that two tills at once, or an answer older than the journal,
// never spend more. [agent-17]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/loyalty/lease.h"
#include "storage/entry.h"

namespace tillkeeper::agent {

struct Allowance {
    std::int64_t member = 0;       // points for each member in one outage; 0: none
    std::int64_t store = 0;        // points for all of them
    bool unknown_members = false;  // also for members that the copy does not have
};

struct MemberSeen {
    std::int64_t points = 0;  // as the copy says
    bool closed = false;
    std::string pool{};
};

struct LeaseSeen {
    Lease lease;
    std::int64_t spent = 0;  // of it, here; all of it once it is given back
};

// How much was spent in this outage: one that has not ended before everything of it has reached the engine.
struct OutageSeen {
    std::int64_t number = 0;  // counts the store's outages
    bool begins = false;      // the last one is over: this one begins with this redemption
    std::int64_t by_member = 0;
    std::int64_t by_store = 0;
};

struct OfflineFacts {
    WallTime now;
    bool clock_trusted = false;
    std::optional<MemberSeen> member{};
    std::int64_t moved = 0;           // points of the member spent here that the copy does not know yet, without leases
    std::vector<LeaseSeen> leases{};  // of the member and of its pool
    OutageSeen outage{};
};

enum class Decline : std::uint8_t {
    kUnknownMember,
    kMemberClosed,
    kBalanceTooLow,
    kNoAllowance,     // the store spends nothing without network
    kAllowanceSpent,  // of the member or of the store
    kOtherAmount,     // the same transaction and member, another number of points
};
// As the contract spells it.
[[nodiscard]] std::string_view to_string(Decline reason);

struct RedemptionDecision {
    std::optional<Decline> decline;         // nothing: approved
    std::string lease{};                    // what it is taken from; "": the allowance
    std::optional<std::int64_t> balance{};  // what the member can still spend, as far as this store knows
};

[[nodiscard]] RedemptionDecision decide_offline(std::int64_t points, const OfflineFacts& facts,
                                                const Allowance& allowance);

// What the approval takes out of which pots when it is stored. `member_hash`: names the member without saying who it
// is.
[[nodiscard]] std::vector<storage::Spend> spends_of(std::int64_t points, const RedemptionDecision& approved,
                                                    const OfflineFacts& facts, const Allowance& allowance,
                                                    std::string_view member_hash);

// The pots, by name.
[[nodiscard]] std::string lease_pot(std::string_view lease_id);
[[nodiscard]] std::string outage_pot();
[[nodiscard]] std::string store_pot(std::int64_t outage);
[[nodiscard]] std::string member_pot(std::int64_t outage, std::string_view member_hash);

}  // namespace tillkeeper::agent
