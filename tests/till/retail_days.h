// What a day of a UCI Online Retail file comes to, summed from its rows without building any transaction: the yardstick
// for everything that went through tills, agent and cloud. Pence, exact; the day as "2010-12-01".
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "platform/result.h"

namespace tillkeeper::till {

using AmountsByDay = std::map<std::string, std::int64_t>;

// Of the first `sales_max` invoices (-1: all). An invoice counts to the day of its first line. Errors as of CsvRows.
[[nodiscard]] Result<AmountsByDay> expected_by_day(const std::string& path, std::int64_t sales_max);

}  // namespace tillkeeper::till
