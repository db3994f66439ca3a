// Totals as JSON, as the report and the manifest have them. Pure.
#pragma once

#include <cjson/cJSON.h>

#include <string>

#include "agent/day/till_totals.h"

namespace tillkeeper::agent {

// {"transactions","types":[{"type","currency","count","sum"}],"tenders":[{"tender",...}],"points_earned",
// "points_redeemed","skipped","unreadable"}: the members, without braces. Sums are in minor units.
[[nodiscard]] std::string sums_json(const TillTotals& totals);
// "numbers":[[1,40]],"missing":[[41,41]],"by_id":[{"number","id","till_sequence"}],"quarantined":[...]
[[nodiscard]] std::string names_json(const TillTotals& totals);

// What these wrote. What is not there stays empty.
[[nodiscard]] TillTotals read_totals(const cJSON* object);

}  // namespace tillkeeper::agent
