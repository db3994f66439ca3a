// How text may look where it goes: a terminal with colours, one without, or a pipe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tillkeeper::cli {

struct Look {
    std::size_t width = 0;   // columns; 0: as wide as the text is (no terminal)
    std::size_t height = 0;  // lines; 0: no terminal
    bool moves = false;      // a terminal whose cursor goes where it is told to
    bool colour = false;
    bool utf8 = false;
    // Bars and boxes, of which a pipe's reader has nothing.
    [[nodiscard]] bool symbols() const { return moves && utf8; }
};

// What the environment says; `terminal`: whether it is one.
struct Surroundings {
    bool terminal = false;
    std::size_t columns = 0;  // as the terminal says; 0: it does not
    std::size_t lines = 0;
    std::string_view term;     // TERM
    bool no_colour = false;    // NO_COLOR is there and not empty (no-color.org)
    std::string_view codeset;  // of the locale
};
[[nodiscard]] Look look_of(const Surroundings& surroundings);

// The look of this process's standard output (1) or standard error (2), at this moment.
[[nodiscard]] Look look_at(int descriptor);

enum class Tone : unsigned char { kPlain, kGood, kWarning, kBad, kFaint, kStrong };
// In colours where there are some; else as it is. Several lines: each of its own.
[[nodiscard]] std::string in_tone(std::string_view text, Tone tone, const Look& look);

}  // namespace tillkeeper::cli
