// The report of a business day, as JSON and as CSV. Pure. No personal data: totals, numbers, ids, no bodies.
#pragma once

#include <string>
#include <vector>

#include "agent/day/day_book.h"
#include "agent/day/manifest.h"

namespace tillkeeper::agent {

struct ManifestMention {
    storage::JournalNumber number = 0;  // its entry
    Manifest manifest;                  // without rows
};

struct DayReport {
    std::string store;
    BusinessDay day;
    WallTime as_of;
    const DayBook& book;
    std::vector<ManifestMention> manifests;
};

// {"store","business_day","as_of",<totals>,"tills":[{"till",<totals>,<names>}],"currency",
//  "hours":[{"hour","count","value"}],"manifests":[{"id","number","serial","first","last","made_at"}]}
[[nodiscard]] std::string report_json(const DayReport& report);
// RFC 4180: store, business_day, till, kind, name, currency, count, sum; sums in whole units, "12.50". The till is
// empty for the store. What could be taken for a formula by a spreadsheet begins with an apostrophe.
[[nodiscard]] std::string report_csv(const DayReport& report);

// {"id","number","serial","business_day","first","last","entries","made_at"}
[[nodiscard]] std::string mention_json(const ManifestMention& mention);

}  // namespace tillkeeper::agent
