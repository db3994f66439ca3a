// The demo's word about points: what tills gave and took against the CRM's loyalty engine. Pure values.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tillkeeper::lab {

struct PointsLedger {
    std::int64_t earned = 0;  // by what was sold to members
    std::int64_t spent = 0;   // as tills were told
    std::int64_t crm_earned = 0;
    std::int64_t crm_spent = 0;
    std::int64_t open_in_leases = 0;
    std::int64_t difference = 0;  // of all of the above, and of the engine with itself

    // "points: earned=N spent=N crm_earned=N crm_spent=N open_in_leases=0 difference=0"
    [[nodiscard]] std::string line() const;
    // Both sides say the same, nothing is left open, and something was spent.
    [[nodiscard]] bool agrees() const { return spent > 0 && open_in_leases == 0 && difference == 0; }
};

// `totals`: the engine's, see tests/cloud/README.md.
[[nodiscard]] PointsLedger points_ledger(std::int64_t earned, std::int64_t spent,
                                         const std::map<std::string, std::int64_t>& totals);

}  // namespace tillkeeper::lab
