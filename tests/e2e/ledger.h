// The demo's last word: what the tills sold, what was accepted, what took effect in each cloud system, by id.
// Pure values.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tillkeeper::lab {

// What one cloud system says: how often each transaction took effect there.
using Effects = std::map<std::string, std::int64_t>;

struct Ledger {
    std::int64_t sold = 0;
    std::int64_t accepted = 0;
    std::vector<std::pair<std::string, std::int64_t>> destinations;  // name, transactions that took effect
    std::int64_t lost = 0;        // accepted, but without effect in at least one destination
    std::int64_t duplicated = 0;  // with more than one effect in a destination

    // "ledger: sold=N accepted=N erp=N oms=N crm=N lost=0 duplicated=0"
    [[nodiscard]] std::string line() const;
    // Everything sold was accepted and took effect everywhere, once.
    [[nodiscard]] bool agrees() const;
};

// `sold` counts what the tills made; `accepted` are the ids whose acceptance a till has heard of.
[[nodiscard]] Ledger balance(std::int64_t sold, const std::set<std::string>& accepted,
                             const std::vector<std::pair<std::string, Effects>>& clouds);

}  // namespace tillkeeper::lab
