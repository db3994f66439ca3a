// What a browser sends when a person submits a form, read strictly. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper::agent {

inline constexpr std::size_t kFormFieldsMax = 1000;

using FormFields = std::map<std::string, std::string, std::less<>>;

// application/x-www-form-urlencoded (URL Standard, section 5.1). kInvalid for half an escape, for what is not UTF-8,
// for control characters other than tab and line ends, and for a name given twice; kLimit beyond kFormFieldsMax.
[[nodiscard]] Result<FormFields> read_form(std::string_view body);

// The value of that field; "" where there is none.
[[nodiscard]] std::string_view field(const FormFields& form, std::string_view name);

}  // namespace tillkeeper::agent
