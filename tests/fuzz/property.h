// What must hold for every input. A property that does not hold ends the program, which is what libFuzzer looks for.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace tillkeeper::fuzz {

inline void require(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "PROPERTY BROKEN: %s\n", property);
    std::abort();
}

// The same for a pair that should be equal; tells both.
inline void require_same(std::string_view left, std::string_view right, const char* property) {
    if (left == right) return;
    std::fprintf(stderr, "left:  %.*s\nright: %.*s\n", static_cast<int>(left.size()), left.data(),
                 static_cast<int>(right.size()), right.data());
    require(false, property);
}

}  // namespace tillkeeper::fuzz
