#include "tests/agent/page/day_states.h"

#include "agent/page/day_view.h"
#include "tests/agent/day/day_entries.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
using storage::EntryKind;

constexpr BusinessDay kDay = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20);

// Two tills: sales, returns, numbers that have not come, and what waits for a person.
DayBook busy_day() {
    DayBook book;
    storage::JournalNumber number = 0;
    const auto take = [&](const storage::NewEntry& entry, int hour) { book.take(numbered(++number, entry), hour); };
    for (int i = 1; i <= 40; ++i) {
        const int hour = 9 + i / 5;
        if (i < 17 || i > 19) take(handed_over("till-1", 48200 + i, 1895 + 7 * i, "sale", hour), hour);
        take(handed_over("till-2", i, i % 9 == 0 ? -2999 : 4250, i % 9 == 0 ? "return" : "sale", hour), hour);
    }
    auto quarantined = handed_over("till-2", 41, 1896, "sale", 18);
    quarantined.kind = EntryKind::kQuarantined;
    take(quarantined, 18);
    return book;
}

}  // namespace

std::vector<SheetState> day_states(const Words& words) {
    const auto now = WallTime(kDay) + 19h;
    const std::vector<BusinessDay> days{kDay, kDay - std::chrono::days(1), kDay - std::chrono::days(2)};
    const auto zone = [](WallTime) { return Duration(1h); };
    const DayBook busy = busy_day(), empty;
    Manifest manifest;
    manifest.store = "0042";
    manifest.business_day = "2026-11-20";
    manifest.serial = 17;
    manifest.first = 1;
    manifest.last = 78;
    manifest.made_at = "2026-11-20T19:00:00+01:00";
    const DayReport report{"0042", kDay, now, busy, {{79, manifest}}};
    const DayReport nothing{"0042", kDay, now, empty, {}};
    return {{"sheet_day", render_day({report, now, zone, days}, words)},
            {"sheet_day_empty", render_day({nothing, now, zone, days}, words)},
            {"sheet_day_unknown", render_no_day("day.bad_date", "0042", words)}};
}

}  // namespace tillkeeper::agent
