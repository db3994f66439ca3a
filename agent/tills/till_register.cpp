#include "agent/tills/till_register.h"

#include <algorithm>

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kLooks = 32;  // transactions that the difference of the clocks is taken from

void number(TillFacts& till, const storage::Entry& entry, bool refers_to_is_here) {
    if (!entry.till_sequence) return;
    if (entry.type == "till_opened") return till.numbers.begins_at(*entry.till_sequence);
    till.numbers.came(*entry.till_sequence);
    if (entry.type == "void" && !entry.refers_to.empty() && !refers_to_is_here)
        till.numbers.never_used_below(*entry.till_sequence);
}

}  // namespace

std::optional<Duration> TillFacts::clock_ahead() const {
    if (ahead.empty()) return std::nullopt;
    return *std::ranges::max_element(ahead);
}

void TillRegister::take(const storage::Entry& entry, bool refers_to_is_here) {
    using storage::EntryKind;
    if (!entry.damaged.empty() || entry.till.empty()) return;
    if (entry.kind != EntryKind::kTransaction && entry.kind != EntryKind::kQuarantined) return;
    if (tills_.size() >= kTillsMax && !tills_.contains(entry.till)) return;
    auto& till = tills_[entry.till];
    till.last_number = entry.number;
    till.last_arrived = entry.arrival.arrived_at;
    number(till, entry, refers_to_is_here);
    const auto occurred = parse_rfc3339(entry.occurred_at);
    if (!entry.arrival.clock_trusted || !occurred) return;
    till.ahead.push_back(*occurred - entry.arrival.arrived_at);
    if (till.ahead.size() > kLooks) till.ahead.pop_front();
}

}  // namespace tillkeeper::agent
