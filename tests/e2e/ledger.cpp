#include "tests/e2e/ledger.h"

#include <algorithm>

namespace tillkeeper::lab {

std::string Ledger::line() const {
    std::string text = "ledger: sold=" + std::to_string(sold) + " accepted=" + std::to_string(accepted);
    for (const auto& [name, count] : destinations) text += " " + name + "=" + std::to_string(count);
    return text + " lost=" + std::to_string(lost) + " duplicated=" + std::to_string(duplicated);
}

bool Ledger::agrees() const {
    const auto complete = [&](const auto& destination) { return destination.second == sold; };
    return sold > 0 && accepted == sold && lost == 0 && duplicated == 0 && !destinations.empty() &&
           std::ranges::all_of(destinations, complete);
}

Ledger balance(std::int64_t sold, const std::set<std::string>& accepted,
               const std::vector<std::pair<std::string, Effects>>& clouds) {
    Ledger ledger;
    ledger.sold = sold;
    ledger.accepted = static_cast<std::int64_t>(accepted.size());
    for (const auto& [name, effects] : clouds) {
        ledger.destinations.emplace_back(name, static_cast<std::int64_t>(effects.size()));
        ledger.duplicated += std::ranges::count_if(effects, [](const auto& effect) { return effect.second > 1; });
    }
    ledger.lost = std::ranges::count_if(accepted, [&](const std::string& id) {
        return std::ranges::any_of(clouds, [&](const auto& cloud) { return !cloud.second.contains(id); });
    });
    return ledger;
}

}  // namespace tillkeeper::lab
