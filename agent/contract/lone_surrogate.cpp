#include "agent/contract/lone_surrogate.h"

#include <charconv>
#include <cstdint>

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kEscape = 6;  // \uXXXX

// The UTF-16 unit of the escape at `at`; 0 when there is none.
std::uint32_t unit_at(std::string_view json, std::size_t at) {
    if (at + kEscape > json.size() || json[at] != '\\' || json[at + 1] != 'u') return 0;
    std::uint32_t unit = 0;
    std::from_chars(json.data() + at + 2, json.data() + at + kEscape, unit, 16);
    return unit;
}

constexpr bool is_high(std::uint32_t unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}
constexpr bool is_low(std::uint32_t unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

}  // namespace

std::string without_lone_surrogates(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    std::size_t at = 0;
    while (at < json.size()) {
        std::size_t length = json[at] == '\\' ? 2 : 1;  // a backslash stands only in strings, never alone
        const auto unit = unit_at(json, at);
        if (is_high(unit) && is_low(unit_at(json, at + kEscape)))
            length = 2 * kEscape;
        else if (is_high(unit) || is_low(unit))
            length = 0;
        out += length != 0 ? json.substr(at, length) : "\\ufffd";
        at += length != 0 ? length : kEscape;
    }
    return out;
}

}  // namespace tillkeeper::agent
