#include "agent/day/till_totals.h"

#include "agent/lookups/record_text.h"
#include "storage/own_entries.h"

namespace tillkeeper::agent {
namespace {

using storage::Entry;
using storage::EntryKind;

bool skips_quarantined(const Entry& entry) {
    return text_member(entry.problems, "decision") == "skip" && text_member(entry.problems, "destination").empty();
}

}  // namespace

bool is_of_a_till(const Entry& entry) {
    return !entry.till.empty() && entry.type != storage::kReconciliation;
}

void NamedEntries::add(const Entry& entry) {
    ++count;
    if (named.size() < kNamedMax) named.push_back({entry.number, entry.transaction_id, entry.till_sequence});
}

void NamedEntries::take_out(storage::JournalNumber number) {
    count -=
        static_cast<std::int64_t>(std::erase_if(named, [&](const NamedEntry& each) { return each.number == number; }));
}

std::optional<Takings> TillTotals::take(const Entry& entry) {
    if (entry.kind == EntryKind::kQuarantined) quarantined.add(entry);
    if (entry.kind == EntryKind::kAction && skips_quarantined(entry)) ++skipped;
    if (entry.kind == EntryKind::kQuarantined || entry.kind == EntryKind::kAction) return std::nullopt;
    Takings takings = takings_of(entry.type, entry.body);
    ++transactions;
    if (!takings.readable) ++unreadable;
    if (!entry.till_sequence || numbers.has(*entry.till_sequence))
        by_id.add(entry);
    else
        numbers.add(*entry.till_sequence);
    types.add({entry.type, takings.currency}, {1, takings.total});
    tenders.add(takings.tenders);
    points_earned = added(points_earned, takings.points_earned);
    points_redeemed = added(points_redeemed, takings.points_redeemed);
    return takings;
}

void TillTotals::add(const TillTotals& other) {
    transactions += other.transactions;
    types.add(other.types);
    tenders.add(other.tenders);
    points_earned = added(points_earned, other.points_earned);
    points_redeemed = added(points_redeemed, other.points_redeemed);
    by_id.count += other.by_id.count;
    quarantined.count += other.quarantined.count;
    skipped += other.skipped;
    unreadable += other.unreadable;
}

NumberRanges::Ranges TillTotals::missing() const {
    NumberRanges came = numbers;
    for (const auto& each : quarantined.named)
        if (each.sequence) came.add(*each.sequence);
    return came.gaps();
}

}  // namespace tillkeeper::agent
