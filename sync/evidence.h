// Evidence: is it this one transaction, or is it the service? Pure; one per destination, shared by its lanes.
//
// A lone transaction that keeps failing without being rejected (5xx, garbage, a connection that breaks) is condemned
// only when the service demonstrably takes others meanwhile, and when the failures of this one can hardly be
// chance: with the failure rate r of the others, r^failures must be below one in a million. A service that fails
// half of the time therefore needs 20 failures in a row, one that fails always never condemns anything. [sync-5]
#pragma once

#include <cmath>
#include <cstdint>

namespace tillkeeper::sync {

inline constexpr unsigned kLoneFailuresMin = 8;
inline constexpr unsigned kRejectionsInRowMax = 20;

class Evidence {
  public:
    // Requests that did not consist of one suspect alone.
    void others_delivered() {
        decay();
        successes_ += 1;
        ++successes_ever_;
        rejections_in_row_ = 0;
    }
    void others_failed() {
        decay();
        failures_ += 1;
    }
    void lone_rejected() { ++rejections_in_row_; }

    // So many rejections in a row without one delivery speak of our configuration or of their release, not of the
    // transactions: then a lone rejection is no longer believed at once but treated like a failure. [sync-6]
    [[nodiscard]] bool rejection_credible() const { return rejections_in_row_ < kRejectionsInRowMax; }

    // Chance alone does not explain `failures` of one transaction.
    [[nodiscard]] bool beyond_chance(unsigned failures) const {
        static const double kOneInAMillion = std::log(1e-6);
        const double rate = (failures_ + 1) / (failures_ + successes_ + 2);
        return failures >= kLoneFailuresMin && failures * std::log(rate) < kOneInAMillion;
    }
    [[nodiscard]] std::uint64_t successes_ever() const { return successes_ever_; }

  private:
    void decay() {
        constexpr double kMemory = 63.0 / 64.0;  // the last hundred or so requests count
        successes_ *= kMemory;
        failures_ *= kMemory;
    }
    double successes_ = 0;
    double failures_ = 0;
    std::uint64_t successes_ever_ = 0;
    unsigned rejections_in_row_ = 0;
};

}  // namespace tillkeeper::sync
