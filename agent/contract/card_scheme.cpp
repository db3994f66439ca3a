#include "agent/contract/card_scheme.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tillkeeper::agent {
namespace {

struct Scheme {
    int first;  // of the first four digits
    int last;
    std::size_t digits_min;
    std::size_t digits_max;
};

constexpr std::array kSchemes{
    Scheme{2200, 2204, 16, 19},  // Mir
    Scheme{2221, 2720, 16, 16},  // Mastercard
    Scheme{3000, 3059, 14, 19},  // Diners
    Scheme{3095, 3095, 14, 19},  // Diners
    Scheme{3400, 3499, 15, 15},  // American Express
    Scheme{3528, 3589, 16, 19},  // JCB
    Scheme{3600, 3699, 14, 19},  // Diners
    Scheme{3700, 3799, 15, 15},  // American Express
    Scheme{3800, 3999, 14, 19},  // Diners
    Scheme{4000, 4999, 13, 13},  // Visa, of old
    Scheme{4000, 4999, 16, 16},  // Visa
    Scheme{4000, 4999, 19, 19},  // Visa
    Scheme{5000, 5099, 16, 19},  // Maestro, Verve, Elo, Dankort
    Scheme{5100, 5599, 16, 16},  // Mastercard
    Scheme{5600, 5899, 16, 19},  // Maestro
    Scheme{6000, 6099, 16, 19},  // RuPay, Discover, Hipercard
    Scheme{6200, 6299, 16, 19},  // UnionPay
    Scheme{6304, 6304, 16, 19},  // Maestro
    Scheme{6360, 6399, 16, 19},  // InterPayment, InstaPayment, Maestro
    Scheme{6440, 6599, 16, 19},  // Discover, RuPay, Troy, Verve
    Scheme{6700, 6799, 16, 19},  // Maestro
    Scheme{8100, 8299, 16, 19},  // UnionPay, RuPay
    Scheme{9792, 9792, 16, 16},  // Troy
};

bool luhn(std::string_view digits) {
    int sum = 0;
    bool twice = false;
    for (std::size_t i = digits.size(); i-- > 0;) {
        int value = digits[i] - '0';
        if (twice) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
        sum += value;
        twice = !twice;
    }
    return sum % 10 == 0;
}

}  // namespace

bool is_card_number(std::string_view digits) {
    if (digits.size() < kCardDigitsMin || digits.size() > kCardDigitsMax) return false;
    int prefix = 0;
    std::from_chars(digits.data(), digits.data() + 4, prefix);
    const bool issued = std::ranges::any_of(kSchemes, [&](const Scheme& s) {
        return prefix >= s.first && prefix <= s.last && digits.size() >= s.digits_min && digits.size() <= s.digits_max;
    });
    return issued && luhn(digits);
}

bool is_article_number(std::string_view digits) {
    if (digits.size() != 13 && digits.size() != 14) return false;
    int sum = 0;
    int weight = 1;
    for (std::size_t i = digits.size(); i-- > 0; weight = 4 - weight) sum += (digits[i] - '0') * weight;
    return sum % 10 == 0;
}

bool is_bank_account(std::string_view account) {
    constexpr std::size_t kCharactersMin = 15;
    constexpr std::size_t kCharactersMax = 34;
    constexpr std::size_t kAtTheEnd = 4;  // country and check digits are read last
    if (account.size() < kCharactersMin || account.size() > kCharactersMax) return false;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (!is_letter(account[0]) || !is_letter(account[1]) || !is_digit(account[2]) || !is_digit(account[3]))
        return false;
    int rest = 0;
    for (std::size_t i = 0; i < account.size(); ++i) {
        const char c = account[(i + kAtTheEnd) % account.size()];
        if (!is_digit(c) && !is_letter(c)) return false;
        rest = is_digit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
    }
    return rest == 1;
}

}  // namespace tillkeeper::agent
