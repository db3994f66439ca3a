#include "tests/e2e/points_ledger.h"

#include <cstdlib>

namespace tillkeeper::lab {

std::string PointsLedger::line() const {
    return "points: earned=" + std::to_string(earned) + " spent=" + std::to_string(spent) +
           " crm_earned=" + std::to_string(crm_earned) + " crm_spent=" + std::to_string(crm_spent) +
           " open_in_leases=" + std::to_string(open_in_leases) + " difference=" + std::to_string(difference);
}

PointsLedger points_ledger(std::int64_t earned, std::int64_t spent, const std::map<std::string, std::int64_t>& totals) {
    const auto total = [&](const char* name) {
        const auto found = totals.find(name);
        return found == totals.end() ? 0 : found->second;
    };
    PointsLedger ledger{.earned = earned,
                        .spent = spent,
                        .crm_earned = total("earned"),
                        .crm_spent = total("spent"),
                        .open_in_leases = total("leases_open")};
    // Absolute ones: what is missing here must not hide what is too much there.
    ledger.difference =
        std::abs(earned - ledger.crm_earned) + std::abs(spent - ledger.crm_spent) + std::abs(total("difference"));
    return ledger;
}

}  // namespace tillkeeper::lab
