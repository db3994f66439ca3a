// UTF-8 (RFC 3629), as much of it as is needed here. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace tillkeeper::sync {

// How many bytes the character has that `text` begins with; 0: that is not UTF-8.
[[nodiscard]] constexpr std::size_t utf8_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto follows = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
    const unsigned first = at(0);
    if (first < 0x80) return text.empty() ? 0 : 1;
    if (first >= 0xC2 && first < 0xE0) return follows(1) ? 2 : 0;
    const bool overlong = (first == 0xE0 && at(1) < 0xA0) || (first == 0xF0 && at(1) < 0x90);
    const bool beyond = (first == 0xED && at(1) >= 0xA0) || (first == 0xF4 && at(1) >= 0x90);
    if (overlong || beyond || !follows(1) || !follows(2)) return 0;
    if (first >= 0xE0 && first < 0xF0) return 3;
    return first >= 0xF0 && first < 0xF5 && follows(3) ? 4 : 0;
}

[[nodiscard]] constexpr bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace tillkeeper::sync
