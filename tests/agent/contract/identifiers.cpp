#include "tests/agent/contract/identifiers.h"

#include <array>

namespace tillkeeper::agent {
namespace {

std::string digits(std::size_t count, Random& random) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += static_cast<char>('0' + random.below(10));
    return out;
}

std::string pick(Random& random, std::initializer_list<const char*> choices) {
    return *(choices.begin() + static_cast<std::ptrdiff_t>(random.below(choices.size())));
}

// ISO/IEC 7812-1, annex B: the digit that follows `body`.
char luhn_digit(const std::string& body) {
    static constexpr std::array<int, 10> kDoubled{0, 2, 4, 6, 8, 1, 3, 5, 7, 9};
    int sum = 0;
    for (std::size_t i = 0; i < body.size(); ++i) {
        const int digit = body[body.size() - 1 - i] - '0';
        sum += i % 2 == 0 ? kDoubled[static_cast<std::size_t>(digit)] : digit;
    }
    return static_cast<char>('0' + (10 - sum % 10) % 10);
}

// GS1 General Specifications, 7.9: weights 3 and 1 from the right.
char gtin_digit(const std::string& body) {
    int sum = 0;
    for (std::size_t i = 0; i < body.size(); ++i) sum += (body[body.size() - 1 - i] - '0') * (i % 2 == 0 ? 3 : 1);
    return static_cast<char>('0' + (10 - sum % 10) % 10);
}

// ISO 13616: 98 minus the rest of the rearranged number.
std::string iban(const std::string& country, const std::string& account) {
    int rest = 0;
    for (const char c : account + country + "00")
        rest = c <= '9' ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
    const int check = 98 - rest;
    return country + (check < 10 ? "0" : "") + std::to_string(check) + account;
}

std::string grouped(const std::string& text, const std::vector<std::size_t>& sizes, const std::string& separator) {
    std::string out;
    for (std::size_t at = 0, i = 0; at < text.size(); at += sizes[i], i = std::min(i + 1, sizes.size() - 1))
        out += (at > 0 ? separator : "") + text.substr(at, sizes[i]);
    return out;
}

std::string hex(std::size_t count, Random& random) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += "0123456789abcdef"[random.below(16)];
    return out;
}

std::string random_iban(Random& random) {
    switch (random.below(8)) {
        case 0:
            return iban("DE", digits(18, random));
        case 1:
            return iban("FR", digits(23, random));
        case 2:
            return iban("GB", "NWBK" + digits(14, random));
        case 3:
            return iban("NL", "ABNA" + digits(10, random));
        case 4:
            return iban("CH", digits(17, random));
        case 5:
            return iban("IT", "X" + digits(22, random));
        case 6:
            return iban("BE", digits(12, random));
        default:
            return iban("ES", digits(20, random));
    }
}

}  // namespace

const std::vector<CardScheme>& card_schemes() {
    static const std::vector<CardScheme> kAll{
        {"Visa", {"4"}, {16, 19}},
        {"Visa of 13 digits", {"4"}, {13}},
        {"Mastercard", {"51", "52", "53", "54", "55", "2221", "23", "24", "25", "26", "2720"}, {16}},
        {"American Express", {"34", "37"}, {15}},
        {"Discover", {"6011", "644", "645", "646", "647", "648", "649", "65", "622126"}, {16, 19}},
        {"Diners Club", {"300", "305", "3095", "36", "38", "39"}, {14, 16, 19}},
        {"JCB", {"3528", "3550", "3589"}, {16, 19}},
        {"UnionPay", {"62", "81"}, {16, 17, 18, 19}},
        {"Maestro", {"5018", "5020", "5038", "5612", "5893", "6304", "6759", "6761", "6762", "6763"}, {16, 18, 19}},
        {"Mir", {"2200", "2201", "2202", "2203", "2204"}, {16}},
        {"RuPay", {"60", "6521", "82", "508"}, {16}},
        {"Troy", {"9792", "65"}, {16}},
        {"Dankort", {"5019", "4571"}, {16}},
        {"Verve", {"5060", "5061", "6500"}, {16, 18, 19}},
        {"InstaPayment", {"637", "638", "639"}, {16}},
        {"Elo", {"5041", "5066", "5067", "6362", "6363", "6504", "6516"}, {16}},
    };
    return kAll;
}

std::string random_card(const CardScheme& scheme, std::size_t length, Random& random) {
    std::string body = scheme.prefixes[random.below(scheme.prefixes.size())];
    body += digits(length - 1 - body.size(), random);
    return body + luhn_digit(body);
}

std::string written(const std::string& card, Random& random) {
    const std::string separator =
        pick(random, {" ", "-", ".", "/", "_", "  ", " - ", "\t", "\u00A0", "\u2009", "\u2011", "\u2013", "·", ","});
    const std::vector<std::size_t> printed = card.size() == 15   ? std::vector<std::size_t>{4, 6, 5}
                                             : card.size() == 14 ? std::vector<std::size_t>{4, 6, 4}
                                             : card.size() == 13 ? std::vector<std::size_t>{4, 3, 3, 3}
                                                                 : std::vector<std::size_t>{4};
    switch (random.below(6)) {
        case 0:
        case 1:
            return card;
        case 2:
            return pick(random, {"VISA", "card ", "PAN:", "#", "kept (", "“"}) + card +
                   pick(random, {"", " ok", "EUR", ")", "."});
        case 3:
            return grouped(card, {1}, separator);
        default:
            return pick(random, {"", "paid with ", "1x "}) + grouped(card, printed, separator) +
                   pick(random, {"", " 12/29", " thanks"});
    }
}

std::vector<Identifier> random_identifiers(Random& random) {
    const std::string article = digits(12, random);
    const std::string trade = std::to_string(1 + random.below(8)) + digits(12, random);
    const std::string account = random_iban(random);
    const std::string uuid =
        hex(8, random) + "-" + hex(4, random) + "-7" + hex(3, random) + "-9" + hex(3, random) + "-" + hex(12, random);
    const std::string day = "2026-" + pick(random, {"01", "11", "12"}) + "-" + pick(random, {"02", "20", "28"});
    const std::string store = digits(4, random);
    return {
        {"EAN-13", "sku", article + gtin_digit(article)},
        {"EAN-13 in a text", "description", "scarf " + article + gtin_digit(article)},
        {"EAN-13 as printed", "note", grouped(article + gtin_digit(article), {1, 6, 6}, " ")},
        {"GTIN-14", "gtin", trade + gtin_digit(trade)},
        {"receipt", "receipt", store + "-" + digits(2, random) + "-" + digits(5, random)},
        {"receipt with day", "receipt", store + "-" + digits(2, random) + "-" + day + "-" + digits(4, random)},
        {"receipt with short day", "receipt",
         store + "/" + digits(3, random) + "/" + digits(6, random) + "/" + digits(4, random)},
        {"IBAN", "account", account},
        {"IBAN as printed", "account", grouped(account, {4}, " ")},
        {"telephone", "phone",
         "+" + pick(random, {"49", "44", "33", "39", "34", "41"}) + " " + digits(3, random) + " " +
             digits(7 + random.below(2), random)},
        {"telephone in a text", "note",
         "call +" + pick(random, {"49", "44", "41"}) + digits(10 + random.below(2), random)},
        {"telephone without plus", "phone", "49" + digits(11, random)},
        {"UUID", "id", uuid},
        {"SHA-256", "signature", hex(64, random)},
        {"time", "occurred_at", day + "T10:" + digits(1, random) + "2:07." + digits(3, random) + "+01:00"},
        {"time in a text", "note", day + " 10:42:07." + digits(6, random)},
        {"milliseconds", "at", "17" + digits(11, random)},
        {"microseconds", "at", "17" + digits(14, random)},
        {"web order", "order_id", "4" + digits(12, random)},
        {"sizes", "description", "36 38 40 42 44 46 48 50"},
        {"amounts", "note", digits(4, random) + ".99 " + digits(4, random) + ".50 " + digits(4, random) + ".00"},
    };
}

}  // namespace tillkeeper::agent
