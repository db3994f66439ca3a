// A sale as the contract's JSON. Pure.
#pragma once

#include <string>

#include "platform/result.h"
#include "till/till_values.h"

namespace tillkeeper::pos {

// kInvalid with what is wrong: a name or a time of the wrong form, content that is no JSON object or that holds a
// member which the library writes, more than kDocumentBytesMax. `sale` has its id and occurred_at; its receipt may be
// empty.
[[nodiscard]] Result<std::string> to_document(const Sale& sale, std::int64_t sequence, const std::string& receipt);

// "{store}-{till}-{sequence}"
[[nodiscard]] std::string receipt_of(const Settings& settings, std::int64_t sequence);

// 1 to `max` of A-Z a-z 0-9 and `more`.
[[nodiscard]] bool is_word(const std::string& text, std::size_t max, const std::string& more);

}  // namespace tillkeeper::pos
