#include "agent/loyalty/redemption_policy.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tillkeeper::agent {
namespace {

// Whose time cannot be judged cannot be used: an expired lease may have gone back to the balance.
bool in_time(const Lease& lease, const OfflineFacts& facts) {
    return facts.clock_trusted && lease.not_before <= facts.now && facts.now < lease.expires;
}

std::int64_t left(const LeaseSeen& seen) {
    return std::max<std::int64_t>(0, seen.lease.amount - seen.spent);
}

std::int64_t leased(const OfflineFacts& facts) {
    std::int64_t sum = 0;
    for (const auto& seen : facts.leases)
        if (in_time(seen.lease, facts)) sum += left(seen);
    return sum;
}

// The first to expire: the others may still serve somebody.
const LeaseSeen* usable(std::int64_t points, const OfflineFacts& facts) {
    const LeaseSeen* best = nullptr;
    for (const auto& seen : facts.leases)
        if (in_time(seen.lease, facts) && left(seen) >= points &&
            (best == nullptr || seen.lease.expires < best->lease.expires))
            best = &seen;
    return best;
}

// The balance as the copy has it, less what was spent here since. The copy of movements may be a moment behind the
// pots.
std::int64_t own(const OfflineFacts& facts) {
    if (!facts.member) return 0;
    return std::max<std::int64_t>(0, facts.member->points - std::max(facts.moved, facts.outage.by_member));
}

RedemptionDecision declined(Decline reason, std::optional<std::int64_t> balance) {
    return {.decline = reason, .balance = balance};
}

}  // namespace

std::string_view to_string(Decline reason) {
    switch (reason) {
        case Decline::kUnknownMember:
            return "unknown_member";
        case Decline::kMemberClosed:
            return "member_closed";
        case Decline::kBalanceTooLow:
            return "balance_too_low";
        case Decline::kNoAllowance:
            return "no_allowance";
        case Decline::kAllowanceSpent:
            return "allowance_spent";
        case Decline::kOtherAmount:
            return "other_amount";
    }
    std::unreachable();
}

RedemptionDecision decide_offline(std::int64_t points, const OfflineFacts& facts, const Allowance& allowance) {
    std::optional<std::int64_t> balance;
    if (facts.member) balance = own(facts) + leased(facts);
    if (facts.member && facts.member->closed) return declined(Decline::kMemberClosed, balance);
    if (const LeaseSeen* seen = usable(points, facts)) {
        if (balance) *balance -= points;
        return {.decline = {}, .lease = seen->lease.id, .balance = balance};
    }
    if (allowance.member <= 0 || allowance.store <= 0) return declined(Decline::kNoAllowance, balance);
    if (!facts.member && !allowance.unknown_members) return declined(Decline::kUnknownMember, balance);
    if (facts.member && own(facts) < points) return declined(Decline::kBalanceTooLow, balance);
    const bool spent =
        points > allowance.member - facts.outage.by_member || points > allowance.store - facts.outage.by_store;
    if (spent) return declined(Decline::kAllowanceSpent, balance);
    if (balance) *balance -= points;
    return {.decline = {}, .lease = {}, .balance = balance};
}

std::vector<storage::Spend> spends_of(std::int64_t points, const RedemptionDecision& approved,
                                      const OfflineFacts& facts, const Allowance& allowance,
                                      std::string_view member_hash) {
    if (!approved.lease.empty()) {
        const auto seen = std::ranges::find(facts.leases, approved.lease, [](const auto& one) { return one.lease.id; });
        return {{.pot = lease_pot(approved.lease), .amount = points, .limit = seen->lease.amount}};
    }
    const auto& outage = facts.outage;
    // Two tills that ask at once may each see the whole balance: the second one is over the limit and is decided anew.
    std::int64_t member_limit = allowance.member;
    if (facts.member) member_limit = std::min(member_limit, outage.by_member + own(facts));
    // So is one who thinks that an outage begins while another till has just begun it.
    return {{.pot = outage_pot(),
             .amount = outage.begins ? 1 : 0,
             .limit = std::numeric_limits<std::int64_t>::max(),
             .expected = outage.begins ? outage.number - 1 : outage.number},
            {.pot = store_pot(outage.number), .amount = points, .limit = allowance.store},
            {.pot = member_pot(outage.number, member_hash), .amount = points, .limit = member_limit}};
}

std::string lease_pot(std::string_view lease_id) {
    return "lease:" + std::string(lease_id);
}
std::string outage_pot() {
    return "outage";
}
std::string store_pot(std::int64_t outage) {
    return "store:" + std::to_string(outage);
}
std::string member_pot(std::int64_t outage, std::string_view member_hash) {
    return "member:" + std::to_string(outage) + ':' + std::string(member_hash);
}

}  // namespace tillkeeper::agent
