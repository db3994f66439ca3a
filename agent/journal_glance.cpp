#include "agent/journal_glance.h"

#include <algorithm>
#include <utility>

#include "storage/own_entries.h"

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
    differences_ = reader_.own_count(storage::kReconciliation).value_or(differences_);
    arrivals_.clear();
    notes_.clear();
    booked_.clear();  // a cursor that is told is ahead of what is stored, bookings with it
    version_ = *version;
    return {};
}

storage::HeldCount JournalGlance::held(const std::string& destination) const {
    const auto found = std::ranges::find(held_, destination, &storage::HeldCount::destination);
    return found == held_.end() ? storage::HeldCount{} : *found;
}

std::int64_t JournalGlance::sales_after(storage::JournalNumber number) {
    if (bounds_.last <= number) return 0;
    const auto [notes, fresh] = notes_.try_emplace(number);
    if (fresh) notes->second = reader_.store_notes_after(number).value_or(0);
    return std::max<std::int64_t>(0, bounds_.last - number - notes->second);  // there may be newer ones already
}

std::optional<storage::Booking> JournalGlance::newest_booking(const std::string& destination,
                                                              storage::JournalNumber cursor) {
    Booked& booked = booked_[destination];
    if (std::exchange(booked.cursor, cursor) == cursor) return booked.newest;
    if (auto newest = reader_.newest_booking(destination, cursor)) booked.newest = std::move(*newest);
    return booked.newest;
}

std::optional<WallTime> JournalGlance::arrival_after(storage::JournalNumber number) {
    const auto [known, fresh] = arrivals_.try_emplace(number);
    if (!fresh) return known->second;
    const auto next = reader_.read_after(number, {.entries_max = 1, .bytes_max = 1});
    if (next && !next->empty() && next->front().damaged.empty()) known->second = next->front().arrival.arrived_at;
    return known->second;
}

}  // namespace tillkeeper::agent
