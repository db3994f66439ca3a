#include "agent/day/minor_units.h"

#include <algorithm>
#include <array>

namespace tillkeeper::agent {
namespace {

constexpr std::array<std::string_view, 16> kNone{"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
                                                 "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> kThree{"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};

}  // namespace

int minor_digits(std::string_view currency) {
    if (std::ranges::find(kNone, currency) != kNone.end()) return 0;
    return std::ranges::find(kThree, currency) != kThree.end() ? 3 : 2;
}

std::string plain_amount(std::int64_t minor, std::string_view currency) {
    std::string text = std::to_string(minor);
    const std::string sign = text.front() == '-' ? "-" : "";
    text.erase(0, sign.size());
    const auto digits = static_cast<std::size_t>(minor_digits(currency));
    if (digits == 0) return sign + text;
    if (text.size() <= digits) text.insert(0, digits + 1 - text.size(), '0');
    return sign + text.insert(text.size() - digits, ".");
}

}  // namespace tillkeeper::agent
