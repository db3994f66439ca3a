// How each language writes numbers, times and money.
#include <algorithm>
#include <array>

#include "agent/day/minor_units.h"
#include "agent/page/words.h"

namespace tillkeeper::agent {
namespace {

struct Form {
    std::string_view language;
    std::string_view group;
    std::string_view decimal;
    std::size_t grouped_from;  // digits
    bool sign_first;           // of a currency
};

constexpr std::array kForms{
    Form{"en", ",", ".", 4, true},  Form{"de", ".", ",", 4, false}, Form{"fr", "\u202F", ",", 4, false},
    Form{"es", ".", ",", 5, false}, Form{"it", ".", ",", 4, false},
};

constexpr std::array<const char*, 12> kEnglishMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Currency {
    std::string_view code;
    std::string_view sign;
};

constexpr std::array kSigns{
    Currency{"EUR", "€"}, Currency{"GBP", "£"}, Currency{"USD", "$"}, Currency{"JPY", "¥"}, Currency{"KRW", "₩"},
};

const Form& form_of(std::string_view language) {
    return *std::ranges::find(kForms, language, &Form::language);
}

std::string grouped(std::string digits, const Form& form) {
    if (digits.size() < form.grouped_from) return digits;
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), form.group);
    return digits;
}

std::string two_digits(unsigned number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

// Of the lowest number as well, which has no positive counterpart.
std::uint64_t size_of(std::int64_t number) {
    return number < 0 ? ~static_cast<std::uint64_t>(number) + 1 : static_cast<std::uint64_t>(number);
}

}  // namespace

std::string Words::number(std::int64_t number) const {
    return (number < 0 ? "-" : "") + grouped(std::to_string(size_of(number)), form_of(language_));
}

std::string Words::decimal(std::uint64_t minor, int digits) const {
    std::string all = std::to_string(minor);
    const auto fraction = static_cast<std::size_t>(digits);
    if (all.size() <= fraction) all.insert(0, fraction + 1 - all.size(), '0');
    const Form& form = form_of(language_);
    const auto whole = grouped(all.substr(0, all.size() - fraction), form);
    return fraction == 0 ? whole : whole + std::string(form.decimal) + all.substr(all.size() - fraction);
}

std::string Words::money(std::int64_t minor, std::string_view currency) const {
    const auto known = std::ranges::find(kSigns, currency, &Currency::code);
    const auto [code, sign] = known != kSigns.end() ? *known : Currency{currency, currency};
    const std::string amount = decimal(size_of(minor), minor_digits(currency));
    const std::string minus = minor < 0 ? "-" : "";
    if (sign.empty()) return minus + amount;
    if (!form_of(language_).sign_first) return minus + amount + "\u00A0" + std::string(sign);
    return minus + std::string(sign) + (sign == code ? "\u00A0" : "") + amount;
}

std::string Words::day(WallTime time, const Zone& zone) const {
    using namespace std::chrono;
    const year_month_day date{floor<days>(time + zone(time))};
    const auto month = static_cast<unsigned>(date.month());
    const auto of_month = static_cast<unsigned>(date.day());
    if (language_ == "en") return std::to_string(of_month) + ' ' + kEnglishMonths[month - 1];
    if (language_ == "de") return std::to_string(of_month) + '.' + std::to_string(month) + '.';
    return two_digits(of_month) + '/' + two_digits(month);
}

std::string Words::moment(WallTime time, WallTime now, const Zone& zone) const {
    using namespace std::chrono;
    const auto local = time + zone(time);
    const auto midnight = floor<days>(local);
    const hh_mm_ss clock{local - midnight};
    const std::string hour = two_digits(static_cast<unsigned>(clock.hours().count())) + ':' +
                             two_digits(static_cast<unsigned>(clock.minutes().count()));
    if (midnight == floor<days>(now + zone(now))) return hour;
    if (language_ == "en") return day(time, zone) + ", " + hour;
    if (language_ == "de") return day(time, zone) + ' ' + hour;
    return hour + " (" + day(time, zone) + ')';
}

std::string Words::date(std::chrono::sys_days day) const {
    const std::chrono::year_month_day date{day};
    const auto month = static_cast<unsigned>(date.month());
    const auto of_month = static_cast<unsigned>(date.day());
    const std::string year = std::to_string(static_cast<int>(date.year()));
    if (language_ == "en") return std::to_string(of_month) + ' ' + kEnglishMonths[month - 1] + ' ' + year;
    if (language_ == "de") return std::to_string(of_month) + '.' + std::to_string(month) + '.' + year;
    return two_digits(of_month) + '/' + two_digits(month) + '/' + year;
}

}  // namespace tillkeeper::agent
