#include "agent/bus_guard/flood_guard.h"

#include <algorithm>

namespace tillkeeper::bus_guard {
namespace {

constexpr std::size_t kBytesForCredit = 4u << 10;
constexpr double kBytesPerDrop = 16u << 10;  // a dropped message counts for as many as it has of these

}  // namespace

Verdict FloodGuard::said(std::string_view name, double cost, std::size_t bytes, MonotonicTime now) {
    Till& till = known(name, now);
    if (now < till.locked_until) return Verdict::kLocked;
    const auto size = static_cast<double>(bytes > kBytesForCredit ? bytes - kBytesForCredit : 0);
    if (till.credit >= cost && till.bytes >= size) {
        till.credit -= cost;
        till.bytes -= size;
        return Verdict::kTake;
    }
    till.dropped += std::max(cost, size / kBytesPerDrop);
    if (till.dropped <= (warned(till, now) ? limits_.dropped_again_max : limits_.dropped_max)) return Verdict::kDrop;
    lock_out(till, now);
    return Verdict::kCutOff;
}

void FloodGuard::answered(std::string_view name) {
    const auto till = tills_.find(name);
    if (till != tills_.end()) till->second.credit = std::min(limits_.credit_max, till->second.credit + kMessageCost);
}

Duration FloodGuard::locked_for(std::string_view name, MonotonicTime now) const {
    const auto till = tills_.find(name);
    return till == tills_.end() ? Duration{} : std::max(Duration{}, till->second.locked_until - now);
}

std::map<std::string, Duration> FloodGuard::locked(MonotonicTime now) const {
    std::map<std::string, Duration> all;
    for (const auto& [name, till] : tills_)
        if (now < till.locked_until) all[name] = till.locked_until - now;
    return all;
}

FloodGuard::Till& FloodGuard::known(std::string_view name, MonotonicTime now) {
    auto found = tills_.find(name);
    if (found == tills_.end())
        found =
            tills_
                .emplace(std::string(name), Till{.credit = limits_.credit_max, .bytes = limits_.bytes_max, .seen = now})
                .first;
    Till& till = found->second;
    const double passed = std::chrono::duration<double>(now - till.seen).count();
    till.seen = now;
    till.credit = std::min(limits_.credit_max, till.credit + passed * limits_.credit_per_second);
    till.bytes = std::min(limits_.bytes_max, till.bytes + passed * limits_.bytes_per_second);
    till.dropped = std::max(0.0, till.dropped - passed * limits_.forgiven_per_second);
    return till;
}

bool FloodGuard::warned(const Till& till, MonotonicTime now) const {
    return till.locked_last > Duration{} && now - till.locked_until < limits_.good_again;
}

void FloodGuard::lock_out(Till& till, MonotonicTime now) const {
    till.locked_last = warned(till, now) ? std::min(limits_.locked_max, till.locked_last * 2) : limits_.locked_first;
    till.locked_until = now + till.locked_last;
    till.dropped = 0;
}

}  // namespace tillkeeper::bus_guard
