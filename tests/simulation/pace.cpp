#include "tests/simulation/pace.h"

#include <algorithm>

namespace tillkeeper::simulation {
namespace {

using std::chrono::seconds;

// The wait is uniform in [0, cap]; the cap of a minute is reached after eight failures.
constexpr std::size_t kUntilCap = 10;
constexpr std::size_t kGapsMin = 12;
constexpr Duration kSpreadMin = seconds(6);
constexpr Duration kMeanMin = seconds(4);
constexpr Duration kGapMax = seconds(130);  // the cap, and a request that hangs meanwhile

}  // namespace

std::string Pace::fault() const {
    if (asked_.size() < kUntilCap + kGapsMin + 1) return {};
    Duration shortest = Duration::max();
    Duration longest{};
    for (std::size_t i = kUntilCap; i + 1 < asked_.size(); ++i) {
        shortest = std::min(shortest, asked_[i + 1] - asked_[i]);
        longest = std::max(longest, asked_[i + 1] - asked_[i]);
    }
    const auto gaps = static_cast<Duration::rep>(asked_.size() - 1 - kUntilCap);
    const Duration mean = (asked_.back() - asked_[kUntilCap]) / gaps;
    if (longest - shortest < kSpreadMin) return "it asks in step: no jitter at the cap";
    if (mean < kMeanMin) return "it hammers";
    return longest > kGapMax ? "it sleeps" : "";
}

}  // namespace tillkeeper::simulation
