// Outage: a national one that has ended, from its end until the last store's backlog is in the ERP. Everything follows
// from one seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/fleet/gateway.h"
#include "tests/fleet/store.h"

namespace tillkeeper::fleet {

struct Plan {
    std::size_t stores = 10'000;
    std::uint64_t seed = 1;
    double hours = 12;
    double sales_per_hour = 120;  // of the median store; others log-normally
    double sigma = 0.8;
    GatewayLimits gateway;
    StorePolicy policy;
};

// Times count in seconds from the end of the outage.
struct Course {
    std::size_t stores = 0;
    std::vector<std::uint32_t> offered;  // requests that reached the gateway in each second
    std::vector<double> done_at;         // of each store, ascending
    std::uint64_t requests_needed = 0;
    std::uint64_t requests = 0;
    std::uint64_t refused = 0;  // 429
    std::uint64_t hash = 0;     // of all that happened
};

[[nodiscard]] Course play(const Plan& plan);

inline constexpr std::size_t kWindowS = 10;
inline constexpr double kPeakMax = 1.10;
inline constexpr double kLastMax = 1.30;

// The most that was offered in any ten seconds in a row, as a share of what the ERP takes in that time.
[[nodiscard]] double peak_of(const Course& course, double per_second);
[[nodiscard]] double optimum_of(const Course& course, double per_second);
// What is wrong with it, or "".
[[nodiscard]] std::string fault_of(const Course& course, double per_second);

}  // namespace tillkeeper::fleet
