// Entries of a day, for tests.
#pragma once

#include <string>

#include "platform/clock.h"
#include "storage/entry.h"

namespace tillkeeper::agent {

// A transaction of 2026-11-20 at `hour` o'clock UTC. `total` also stands as a card tender.
inline storage::NewEntry handed_over(const std::string& till, std::int64_t sequence, std::int64_t total,
                                     const std::string& type = "sale", int hour = 10) {
    storage::NewEntry entry;
    entry.till = till;
    entry.till_sequence = sequence;
    entry.transaction_id = till + '-' + std::to_string(sequence);
    entry.type = type;
    entry.business_day = "2026-11-20";
    entry.occurred_at = "2026-11-20T" + std::string(hour < 10 ? "0" : "") + std::to_string(hour) + ":30:00Z";
    entry.receipt = "R-" + entry.transaction_id;
    entry.body = R"({"id":")" + entry.transaction_id + R"(","type":")" + type + R"(","till_sequence":)" +
                 std::to_string(sequence) + R"(,"occurred_at":")" + entry.occurred_at +
                 R"(","business_day":"2026-11-20","receipt":")" + entry.receipt +
                 R"(","currency":"EUR","tenders":[{"type":"card","amount":)" + std::to_string(total) +
                 R"(}],"total":)" + std::to_string(total) + '}';
    entry.arrival = {parse_rfc3339(entry.occurred_at).value(), MonotonicTime(Duration(5)), "boot-1", true};
    return entry;
}

// As it stands in the journal.
inline storage::Entry numbered(storage::JournalNumber number, const storage::NewEntry& entry) {
    storage::Entry out{entry};
    out.number = number;
    return out;
}

}  // namespace tillkeeper::agent
