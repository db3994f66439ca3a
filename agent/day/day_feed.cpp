#include "agent/day/day_feed.h"

#include <utility>

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kSlice = 100;              // a few milliseconds
constexpr auto kZoneMax = std::chrono::days(1);  // no store's midnight is further from that of UTC

}  // namespace

Result<storage::JournalNumber> number_before(storage::JournalReader& reader, WallTime moment) {
    const auto bounds = reader.bounds();
    if (!bounds) return std::unexpected(bounds.error());
    if (bounds->last == 0) return 0;
    auto older = bounds->first - 1;
    auto later = bounds->last + 1;
    while (later - older > 1) {
        const auto middle = older + (later - older) / 2;
        const auto entry = reader.entry(middle);
        if (!entry) return std::unexpected(entry.error());
        const bool known = *entry && (*entry)->damaged.empty() && (*entry)->arrival.clock_trusted;
        (known && (*entry)->arrival.arrived_at < moment ? older : later) = middle;
    }
    return older;
}

DayWindow DayWindow::around(BusinessDay today) {
    return {today - std::chrono::days(3), today + std::chrono::days(1)};
}

void DayFeed::move_to(DayWindow window) {
    if (window == window_) return;
    const bool goes_on = window_.first <= window.first && window.first <= window_.last;
    window_ = window;
    if (!goes_on) {
        up_to_.reset();
        books_.clear();
    }
    std::erase_if(books_, [&](const auto& each) { return each.first < window.first || each.first > window.last; });
}

Result<bool> DayFeed::step() {
    if (!up_to_) {
        const auto start = number_before(reader_, WallTime(window_.first - kZoneMax));
        if (!start) return std::unexpected(start.error());
        up_to_ = *start;
    }
    const auto entries = reader_.read_after(*up_to_, {.entries_max = kSlice});
    if (!entries) return std::unexpected(entries.error());
    for (const auto& entry : *entries) {
        if (is_over(entry)) return false;
        take(entry);
        up_to_ = entry.number;
    }
    return !entries->empty();
}

bool DayFeed::is_over(const storage::Entry& entry) const {
    return entry.damaged.empty() && entry.arrival.clock_trusted &&
           entry.arrival.arrived_at > WallTime(window_.last + kLateMax);
}

void DayFeed::take(const storage::Entry& entry) {
    if (!entry.damaged.empty()) return;
    if (entry.kind == storage::EntryKind::kReleased)
        for (auto& [day, book] : books_) book.release(entry.repairs);
    const auto place = place_of(entry, store_);
    if (place.day < window_.first || place.day > window_.last) return;
    books_[place.day].take(entry, place.hour);
}

void DayFeed::catch_up(EventLoop& loop, Done done) {
    waiting_.push_back(std::move(done));
    if (waiting_.size() == 1) next_slice(loop);
}

void DayFeed::next_slice(EventLoop& loop) {
    const auto more = step();
    if (more && *more) return loop.post([this, &loop] { next_slice(loop); });
    for (auto& done : std::exchange(waiting_, {})) done(more ? Result<void>{} : std::unexpected(more.error()));
}

const DayBook& DayFeed::book(BusinessDay day) const {
    static const DayBook kNothing;
    const auto found = books_.find(day);
    return found == books_.end() ? kNothing : found->second;
}

}  // namespace tillkeeper::agent
