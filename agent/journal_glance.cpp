#include "agent/journal_glance.h"

#include <algorithm>
#include <utility>

namespace tillkeeper::agent {

Result<void> JournalGlance::refresh() {
    const auto version = reader_.version();
    if (!version) return std::unexpected(version.error());
    if (version_ == *version) return {};
    const auto bounds = reader_.bounds();
    if (!bounds) return std::unexpected(bounds.error());
    auto held = reader_.held_counts();
    if (!held) return std::unexpected(held.error());
    bounds_ = *bounds;
    held_ = std::move(*held);
    differences_ = reader_.reconciliation_count().value_or(differences_);
    arrivals_.clear();
    version_ = *version;
    return {};
}

std::int64_t JournalGlance::held(const std::string& destination) const {
    const auto found = std::ranges::find(held_, destination, &storage::HeldCount::destination);
    return found == held_.end() ? 0 : found->count;
}

std::optional<WallTime> JournalGlance::arrival_after(storage::JournalNumber number) {
    const auto [known, fresh] = arrivals_.try_emplace(number);
    if (!fresh) return known->second;
    const auto next = reader_.read_after(number, {.entries_max = 1, .bytes_max = 1});
    if (next && !next->empty() && next->front().damaged.empty()) known->second = next->front().arrival.arrived_at;
    return known->second;
}

}  // namespace tillkeeper::agent
