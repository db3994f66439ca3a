#include "agent/lookups/record_text.h"

#include <charconv>
#include <cmath>

#include "agent/contract/problem.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

constexpr double kUnitsMax = 1e9;  // so that thousands of lines add up without an overflow

void append_member(std::string& out, std::string_view name, std::string_view value) {
    if (out.size() > 1) out += ',';
    out.append(name).append(1, ':').append(value);
}

}  // namespace

std::string with_member(std::string_view object, std::string_view name, std::string_view value) {
    std::string out = "{";
    bool there = false;
    for (sync::JsonPieces pieces(object); pieces.next();) {
        const bool named = sync::json_string(pieces.name()) == name;
        if (named && there) continue;
        append_member(out, pieces.name(), named ? value : pieces.value());
        there = there || named;
    }
    if (!there) append_member(out, quoted(name), value);
    return out + '}';
}

std::string text_member(std::string_view object, std::string_view name) {
    return sync::json_string(sync::json_member(object, name)).value_or("");
}

std::optional<std::int64_t> thousandths(std::string_view number) {
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (number.empty() || error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
    if (!std::isfinite(value) || std::abs(value) > kUnitsMax) return std::nullopt;
    return std::llround(value * 1000);
}

std::string from_thousandths(std::int64_t amount) {
    const bool below_zero = amount < 0;
    const auto size = below_zero ? -amount : amount;
    std::string out = (below_zero ? "-" : "") + std::to_string(size / 1000);
    if (size % 1000 == 0) return out;
    std::string decimals = std::to_string(1000 + size % 1000).substr(1);
    while (decimals.back() == '0') decimals.pop_back();
    return out + '.' + decimals;
}

}  // namespace tillkeeper::agent
