// Which numbers payment cards have: issuer ranges and lengths as the schemes publish them, and the check digits of
// cards (Luhn, ISO/IEC 7812-1), of articles (GTIN, GS1) and of bank accounts (IBAN, ISO 13616).
#pragma once

#include <cstddef>
#include <string_view>

namespace tillkeeper::agent {

inline constexpr std::size_t kCardDigitsMin = 13;
inline constexpr std::size_t kCardDigitsMax = 19;

// `digits` holds nothing but digits. True when a scheme issues numbers like this one and its check digit is right.
[[nodiscard]] bool is_card_number(std::string_view digits);

// 13 or 14 digits with the check digit of an article number.
[[nodiscard]] bool is_article_number(std::string_view digits);

// Two capital letters, two check digits and 11 to 30 capital letters or digits, without separators.
[[nodiscard]] bool is_bank_account(std::string_view account);

}  // namespace tillkeeper::agent
