// TillTotals: what one till handed over, counted and added up. Pure. Nothing of a person is in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/day/number_ranges.h"
#include "agent/day/takings.h"
#include "storage/entry.h"

namespace tillkeeper::agent {

struct NamedEntry {
    storage::JournalNumber number = 0;
    std::string id;
    std::optional<std::int64_t> sequence;
};

// The first of them by name, all of them by count.
struct NamedEntries {
    static constexpr std::size_t kNamedMax = 1000;
    std::vector<NamedEntry> named;
    std::int64_t count = 0;

    void add(const storage::Entry& entry);
    void take_out(storage::JournalNumber number);
};

struct TillTotals {
    std::int64_t transactions = 0;  // those that count: what is quarantined does not
    Sums types;
    Sums tenders;
    std::int64_t points_earned = 0;
    std::int64_t points_redeemed = 0;
    NumberRanges numbers;  // of those that count
    NamedEntries by_id;    // counted, but no number names them: they have none, or one that came before
    NamedEntries quarantined;
    std::int64_t skipped = 0;     // quarantined, and a person decided that nobody is sent it
    std::int64_t unreadable = 0;  // counted, but their amounts are not known

    // An entry of this till. What it says of money, if it counts.
    std::optional<Takings> take(const storage::Entry& entry);
    // A quarantined one was repaired or let through: what stands for it comes as an entry of its own.
    void release(storage::JournalNumber quarantined_number) { quarantined.take_out(quarantined_number); }
    // Adds all but numbers and names.
    void add(const TillTotals& other);
    // Numbers that did not come, counting or not.
    [[nodiscard]] NumberRanges::Ranges missing() const;
};

// What the box itself writes about its work is no transaction of a till, though some of it names one.
[[nodiscard]] bool is_of_a_till(const storage::Entry& entry);

}  // namespace tillkeeper::agent
