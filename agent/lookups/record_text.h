// Records as the JSON texts that they are: single members changed, nothing else touched. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tillkeeper::agent {

// `object` with this member in place of the one of that name, or at its end. `value` is JSON.
[[nodiscard]] std::string with_member(std::string_view object, std::string_view name, std::string_view value);
// A text member without quotes and escapes; "" where it is missing, null, or something else.
[[nodiscard]] std::string text_member(std::string_view object, std::string_view name);

// Quantities have at most three decimals: counted in thousandths they are exact. Nothing: no number, or too large.
[[nodiscard]] std::optional<std::int64_t> thousandths(std::string_view number);
[[nodiscard]] std::string from_thousandths(std::int64_t amount);

}  // namespace tillkeeper::agent
