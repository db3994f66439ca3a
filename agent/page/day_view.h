// The report of a business day as a page of its own, for the screen and for paper. Pure: the same report and words give
// the same text.
#pragma once

#include <string>
#include <vector>

#include "agent/day/day_report.h"
#include "agent/page/words.h"

namespace tillkeeper::agent {

struct DayPage {
    const DayReport& report;
    WallTime now;
    Zone zone;
    std::vector<BusinessDay> days;  // to go to; the newest first
};

// The whole document.
[[nodiscard]] std::string render_day(const DayPage& page, const Words& words);
// The same where the day cannot be shown: `key` is the sentence that says why.
[[nodiscard]] std::string render_no_day(std::string_view key, std::string_view store, const Words& words);

}  // namespace tillkeeper::agent
