// ASCII letters and digits, whatever the locale: what protocols and names are made of. Pure.
#pragma once

#include <string>
#include <string_view>

namespace tillkeeper {

// A-Z, a-z, 0-9.
[[nodiscard]] constexpr bool is_ascii_alnum(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// A-Z become a-z; all other bytes stay. Where case means nothing: names of header fields, schemes, hosts.
[[nodiscard]] inline std::string ascii_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

}  // namespace tillkeeper
