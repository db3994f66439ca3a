// Recognises payment card numbers (PAN), which are never stored or sent. [agent-10]
//
// Found is a number of 13 to 19 digits that a scheme may have issued and whose check digit is right (card_scheme.h):
//  - plain: "4111111111111111", also with a word before or behind it ("VISA4111111111111111");
//  - in groups as printed on cards (4-4-4-4, 4-6-5, 4-6-4, 4-3-3-3) or of one size, with anything between the groups
//    that is no letter and at most three characters long: spaces of any kind, hyphens, dots, slashes, a mixture.
// Not found, since they are something else: article numbers (GTIN-13, and GTIN-14 in members that name one), bank
// accounts (IBAN), telephone numbers that begin with +, digits between letters as in UUIDs and hashes. In members that
// name an article, an order, a receipt or a telephone, thirteen digits are that: cards of that length are long gone.
#pragma once

#include <string_view>

namespace tillkeeper::agent {

// `member`: the name of the JSON member that holds the text; "" when it is not known. Time: linear in the text.
[[nodiscard]] bool contains_card_number(std::string_view text, std::string_view member = {});

}  // namespace tillkeeper::agent
