// How much a till may say on the bus before it is held back. Pure: time is passed in. Not for several threads.
//
// A till has credit. What it says costs credit; time gives some back, and each answer of the agent the price of one
// message, unless it refuses for good. So whoever waits for answers, with up to `credit_max` of them outstanding, sells
// as fast as they come; what is said beyond is dropped; and whoever goes on all the same is cut off and locked out,
// each time for twice as long.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "platform/clock.h"

namespace tillkeeper::bus_guard {

struct FloodLimits {
    double credit_max = 2500;  // the till library has at most 1,000 unanswered, and says them again after a while
    double credit_per_second = 1000;
    double bytes_max = 16u << 20;  // beyond the first 4 KiB of a message, which its credit pays for
    double bytes_per_second = 4u << 20;
    double dropped_max = 2000;       // before it is cut off; a large message counts for several
    double dropped_again_max = 500;  // of one that was locked out within `good_again`
    double forgiven_per_second = 500;
    Duration locked_first = std::chrono::seconds(30);
    Duration locked_max = std::chrono::minutes(10);
    Duration good_again = std::chrono::hours(1);  // after so long without another the next begins with locked_first
};

inline constexpr double kMessageCost = 1;
inline constexpr double kPresenceCost = 20;      // goes to every till
inline constexpr double kSubscriptionCost = 10;  // brings all that is retained

enum class Verdict : std::uint8_t {
    kTake,
    kDrop,
    kCutOff,  // drop it, and end the till's connections; once for each lock-out
    kLocked,  // the same, of a till that is locked out already
};

class FloodGuard {
  public:
    explicit FloodGuard(FloodLimits limits = {}) : limits_(limits) {}

    [[nodiscard]] Verdict said(std::string_view till, double cost, std::size_t bytes, MonotonicTime now);
    void answered(std::string_view till);
    // How much longer the till is locked out; zero when it is not.
    [[nodiscard]] Duration locked_for(std::string_view till, MonotonicTime now) const;
    // All who are, and for how much longer.
    [[nodiscard]] std::map<std::string, Duration> locked(MonotonicTime now) const;

  private:
    struct Till {
        double credit;
        double bytes;
        double dropped = 0;
        MonotonicTime seen;
        MonotonicTime locked_until{};
        Duration locked_last{};
    };
    [[nodiscard]] Till& known(std::string_view till, MonotonicTime now);
    [[nodiscard]] bool warned(const Till& till, MonotonicTime now) const;
    void lock_out(Till& till, MonotonicTime now) const;

    const FloodLimits limits_;
    std::map<std::string, Till, std::less<>> tills_;
};

}  // namespace tillkeeper::bus_guard
