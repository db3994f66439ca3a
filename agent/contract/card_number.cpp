#include "agent/contract/card_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kDigitsMin = 14;
constexpr std::size_t kDigitsMax = 19;

struct Scheme {
    int first;  // of the first four digits
    int last;
    std::size_t digits_min;
    std::size_t digits_max;
};

// Issuer ranges as the schemes publish them.
constexpr std::array kSchemes{
    Scheme{4000, 4999, 16, 19},  // Visa
    Scheme{5100, 5599, 16, 16},  // Mastercard
    Scheme{2221, 2720, 16, 16},  // Mastercard
    Scheme{3400, 3499, 15, 15},  // American Express
    Scheme{3700, 3799, 15, 15},  // American Express
    Scheme{6011, 6011, 16, 19},  // Discover
    Scheme{6440, 6599, 16, 19},  // Discover
    Scheme{3528, 3589, 16, 19},  // JCB
    Scheme{3000, 3059, 14, 14},  // Diners
    Scheme{3600, 3699, 14, 14},  // Diners
    Scheme{3800, 3999, 14, 14},  // Diners
    Scheme{6200, 6299, 16, 19},  // UnionPay
    Scheme{5600, 5899, 16, 19},  // Maestro
    Scheme{6304, 6304, 16, 19},  // Maestro
    Scheme{6759, 6763, 16, 19},  // Maestro
};

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

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

bool is_card_number(std::string_view digits) {
    if (digits.size() < kDigitsMin || digits.size() > kDigitsMax) return false;
    int prefix = 0;
    std::from_chars(digits.data(), digits.data() + 4, prefix);
    const bool issued = std::ranges::any_of(kSchemes, [&](const Scheme& s) {
        return prefix >= s.first && prefix <= s.last && digits.size() >= s.digits_min && digits.size() <= s.digits_max;
    });
    return issued && luhn(digits);
}

// Runs of digits, each a whole word, joined by one and the same separator.
struct Groups {
    std::array<std::string_view, 5> last{};  // the most recent ones, newest at the end
    std::size_t count = 0;

    void add(std::string_view digits) {
        std::ranges::rotate(last, last.begin() + 1);
        last.back() = digits;
        count = std::min(count + 1, last.size());
    }
};

template <std::size_t N>
bool ends_with_groups(const Groups& groups, const std::array<std::size_t, N>& sizes) {
    if (groups.count < N) return false;
    std::array<char, kDigitsMax + 1> digits{};
    std::size_t length = 0;
    for (std::size_t i = 0; i < N; ++i) {
        const auto group = groups.last[groups.last.size() - N + i];
        if (group.size() != sizes[i]) return false;
        std::ranges::copy(group, digits.begin() + static_cast<std::ptrdiff_t>(length));
        length += group.size();
    }
    return is_card_number({digits.data(), length});
}

bool ends_with_printed_card(const Groups& groups) {
    return ends_with_groups<4>(groups, {4, 4, 4, 4}) || ends_with_groups<5>(groups, {4, 4, 4, 4, 3}) ||
           ends_with_groups<3>(groups, {4, 6, 5}) || ends_with_groups<3>(groups, {4, 6, 4});
}

}  // namespace

bool contains_card_number(std::string_view text) {
    if (text.size() < kDigitsMin) return false;
    Groups groups;
    char joint = '\0';  // what separates the groups collected so far
    std::size_t i = 0;
    while (i < text.size()) {
        if (!is_word(text[i])) {
            ++i;
            continue;
        }
        const std::size_t start = i;
        while (i < text.size() && is_word(text[i])) ++i;
        const auto word = text.substr(start, i - start);
        if (!std::ranges::all_of(word, is_digit)) {
            groups.count = 0;
            continue;
        }
        if (is_card_number(word)) return true;
        const char before = start > 0 ? text[start - 1] : '\0';
        const bool joined = start > 1 && (before == ' ' || before == '-') && is_digit(text[start - 2]) &&
                            (groups.count < 2 || before == joint);
        if (!joined) groups.count = 0;
        joint = before;
        groups.add(word);
        if (ends_with_printed_card(groups)) return true;
    }
    return false;
}

}  // namespace tillkeeper::agent
