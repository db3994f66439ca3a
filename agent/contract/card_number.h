// Recognises payment card numbers (PAN), which are never stored or sent. [agent-10]
#pragma once

#include <string_view>

namespace tillkeeper::agent {

// True when `text` contains a number of 14 to 19 digits, plain or in the groups printed on cards (4-4-4-4, 4-6-5,
// 4-6-4, separated by one space or hyphen), that begins like a card of a known scheme and passes the Luhn check
// (ISO/IEC 7812-1). Digits inside longer words or UUIDs do not count; thirteen digits are article numbers (GTIN-13),
// not the Visa numbers of that length, which have not been issued for decades.
[[nodiscard]] bool contains_card_number(std::string_view text);

}  // namespace tillkeeper::agent
