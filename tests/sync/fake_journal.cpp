#include "tests/sync/fake_journal.h"

#include <algorithm>

namespace tillkeeper::fakes {

using storage::Entry;
using storage::EntryKind;
using storage::HeldItem;
using storage::HeldState;
using storage::JournalNumber;

JournalNumber FakeJournal::append(Entry entry) {
    entry.number = static_cast<JournalNumber>(entries_.size()) + 1;
    if (entry.kind == EntryKind::kTransaction || entry.kind == EntryKind::kReleased)
        by_id_[entry.transaction_id] = entry.number;
    entries_.push_back(std::move(entry));
    return entries_.back().number;
}

Result<void> FakeJournal::offer(storage::NewEntry entry, EventLoop& reply_on, Accepted done) {
    reply_on.post([this, entry = std::move(entry), done = std::move(done)]() mutable {
        if (full) return done(fail(ErrorCode::kStorageFull, "the disk is full"));
        Entry stored;
        static_cast<storage::NewEntry&>(stored) = std::move(entry);
        done(storage::Receipt{.number = append(std::move(stored))});
    });
    return {};
}

bool FakeJournal::retry(const std::string& destination, JournalNumber number) {
    const auto row = held_.find({destination, number});
    if (row == held_.end()) return false;
    row->second.state = HeldState::kReady;
    return true;
}

bool FakeJournal::repair(const std::string& destination, JournalNumber number, std::string body) {
    if (!retry(destination, number)) return false;
    Entry action;
    action.kind = EntryKind::kAction;
    action.repairs = number;
    action.body = std::move(body);
    held_.at({destination, number}).body_number = append(std::move(action));
    return true;
}

bool FakeJournal::skip(const std::string& destination, JournalNumber number) {
    if (held_.erase({destination, number}) == 0) return false;
    release_waiters({destination, number});
    return true;
}

void FakeJournal::release_waiters(const Row& gone) {
    for (auto& [row, item] : held_)
        if (row.first == gone.first && item.state == HeldState::kWaiting && item.waits_for == gone.second)
            item.state = HeldState::kReady;
}

std::vector<HeldItem> FakeJournal::rows(const std::string& destination) {
    return held(destination, 0, 1000000).value();
}

void FakeJournal::report(storage::Progress progress) {
    pending_.push_back(loop_.after(delay, [this, progress = std::move(progress)] { apply(progress); }));
}

void FakeJournal::report(storage::Progress progress, EventLoop& reply_on, Reported done) {
    if (!full) apply(progress);
    Result<void> result;
    if (full) result = fail(ErrorCode::kStorageFull, "the disk is full");
    pending_.push_back(reply_on.after({}, [done = std::move(done), result]() mutable { done(std::move(result)); }));
}

void FakeJournal::apply(const storage::Progress& progress) {
    for (const auto& item : progress.hold) held_[{item.destination, item.number}] = item;
    for (const auto number : progress.delivered) {
        held_.erase({progress.destination, number});
        release_waiters({progress.destination, number});
    }
    for (const auto& one : progress.booked) bookings_[one.number][one.destination] = one.document;
    if (progress.cursor != 0) cursors_[progress.destination] = progress.cursor;
}

Result<std::vector<storage::Booking>> FakeJournal::bookings(JournalNumber number) {
    std::vector<storage::Booking> all;
    for (const auto& [destination, document] : bookings_[number]) all.push_back({destination, number, document});
    return all;
}

void FakeJournal::damage(JournalNumber number) {
    Entry& entry = entries_.at(static_cast<std::size_t>(number) - 1);
    entry.body.clear();
    entry.damaged = "its body was changed on the disk";
}

Result<std::vector<Entry>> FakeJournal::read_after(JournalNumber after, storage::ReadLimits limits) {
    if (broken) return fail(ErrorCode::kIo, "the disk does not answer");
    ++pages_read;
    entries_max = std::max(entries_max, limits.entries_max);
    std::vector<Entry> page;
    page.reserve(std::min(limits.entries_max, entries_.size()));
    std::size_t bytes = 0;
    for (auto i = static_cast<std::size_t>(after); i < entries_.size() && page.size() < limits.entries_max; ++i) {
        bytes += entries_[i].body.size();
        if (!page.empty() && bytes > limits.bytes_max) break;
        page.push_back(entries_[i]);
    }
    return page;
}

Result<std::optional<Entry>> FakeJournal::entry(JournalNumber number) {
    if (number < 1 || number > static_cast<JournalNumber>(entries_.size())) return std::optional<Entry>();
    return entries_[static_cast<std::size_t>(number) - 1];
}

Result<std::optional<JournalNumber>> FakeJournal::number_of(const std::string& transaction_id) {
    const auto found = by_id_.find(transaction_id);
    if (found == by_id_.end()) return std::optional<JournalNumber>();
    return found->second;
}

Result<storage::JournalBounds> FakeJournal::bounds() {
    return storage::JournalBounds{.first = entries_.empty() ? 0 : 1,
                                  .last = static_cast<JournalNumber>(entries_.size())};
}

Result<std::vector<storage::Cursor>> FakeJournal::cursors() {
    std::vector<storage::Cursor> all;
    for (const auto& [destination, number] : cursors_) all.push_back({destination, number});
    return all;
}

Result<std::vector<HeldItem>> FakeJournal::held(std::optional<std::string> destination, JournalNumber after,
                                                int limit) {
    std::vector<HeldItem> page;
    for (const auto& [row, item] : held_) {
        if (page.size() == static_cast<std::size_t>(limit)) break;
        if ((!destination || row.first == *destination) && row.second > after) page.push_back(item);
    }
    return page;
}

}  // namespace tillkeeper::fakes
