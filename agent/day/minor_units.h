// How many decimals a currency has (ISO 4217), for amounts that are kept as integers. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tillkeeper::agent {

// 2 for a currency that is not known.
[[nodiscard]] int minor_digits(std::string_view currency);
// For programs: "1234.50", "-0.05", "500".
[[nodiscard]] std::string plain_amount(std::int64_t minor, std::string_view currency);

}  // namespace tillkeeper::agent
