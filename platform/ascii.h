// ASCII letters, where a protocol says that their case means nothing: names of header fields, schemes, hosts. Pure.
#pragma once

#include <string>
#include <string_view>

namespace tillkeeper {

// A-Z become a-z, whatever the locale; all other bytes stay.
[[nodiscard]] inline std::string ascii_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

}  // namespace tillkeeper
