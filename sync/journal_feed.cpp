#include "sync/journal_feed.h"

#include <algorithm>

#include "sync/subscription.h"

namespace tillkeeper::sync {
bool JournalFeed::wanted(const storage::Entry& entry) const {
    if (entry.kind != storage::EntryKind::kTransaction && entry.kind != storage::EntryKind::kReleased) return false;
    if (!entry.damaged.empty() && entry.type.empty()) return true;  // nobody knows whose it was: nobody may miss it
    return subscribes(types_, entry.type);
}

Result<bool> JournalFeed::page(Window& window, storage::JournalNumber end, storage::ReadLimits limits,
                               const std::function<void(storage::Entry)>& take) {
    if (window.full() || window.loaded() >= end) return false;
    auto entries = reader_.read_after(window.loaded(), limits);
    if (!entries) return std::unexpected(entries.error());
    std::erase_if(*entries, [&](const storage::Entry& entry) { return entry.number > end; });
    if (entries->empty()) return false;
    // After a restart there may be held rows above the cursor: they are settled.
    const auto held = held_.between(entries->front().number - 1, entries->back().number);
    if (!held) return std::unexpected(held.error());
    for (auto& entry : *entries) {
        const auto number = entry.number;
        const bool fresh = window.load(number);
        if (fresh && wanted(entry) && !std::ranges::binary_search(*held, number))
            take(std::move(entry));
        else
            window.settle(number);
    }
    return true;
}

Result<std::optional<storage::Entry>> JournalFeed::last_taken(storage::JournalNumber cursor) {
    constexpr storage::JournalNumber kLookBack = 64;
    const auto from = std::max<storage::JournalNumber>(cursor - kLookBack, 0);
    auto entries = reader_.read_after(from, {.entries_max = kLookBack});
    if (!entries) return std::unexpected(entries.error());
    const auto held = held_.between(from, cursor);
    if (!held) return std::unexpected(held.error());
    std::optional<storage::Entry> last;
    for (auto& entry : *entries)
        if (entry.number <= cursor && wanted(entry) && entry.damaged.empty() &&
            !std::ranges::binary_search(*held, entry.number))
            last = std::move(entry);
    return last;
}

Clearance JournalFeed::clearance(const storage::Entry& entry, const TwoWindows& windows, MonotonicTime now) {
    if (entry.refers_to.empty()) return {};
    const auto number = reader_.number_of(entry.refers_to);
    if (!number) return {.kind = Clearance::Kind::kNotYet};
    if (!*number || **number >= entry.number) return {};
    if (windows.open(**number)) return {.kind = Clearance::Kind::kNotYet};
    const auto held = held_.holds(**number, now);
    if (!held) return {.kind = Clearance::Kind::kNotYet};
    if (!*held) return {};
    return {.kind = Clearance::Kind::kWaitsFor, .waits_for = **number};
}

}  // namespace tillkeeper::sync
