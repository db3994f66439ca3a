#include "agent/cli/look.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <clocale>
#include <cstdlib>

namespace tillkeeper::cli {
namespace {

constexpr std::size_t kUsualColumns = 80;
constexpr std::size_t kUsualLines = 24;
constexpr std::array<std::string_view, 6> kTones = {"", "\x1b[1;32m", "\x1b[1;33m", "\x1b[1;31m", "\x1b[2m", "\x1b[1m"};

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

}  // namespace

Look look_of(const Surroundings& s) {
    Look look;
    look.utf8 = s.codeset == "UTF-8";
    if (!s.terminal) return look;
    look.width = s.columns > 0 ? s.columns : kUsualColumns;
    look.height = s.lines > 0 ? s.lines : kUsualLines;
    look.moves = !s.term.empty() && s.term != "dumb";
    look.colour = look.moves && !s.no_colour;
    return look;
}

Look look_at(int descriptor) {
    std::setlocale(LC_CTYPE, "");
    winsize size{};
    Surroundings s;
    s.terminal = isatty(descriptor) != 0;
    if (s.terminal && ioctl(descriptor, TIOCGWINSZ, &size) == 0) {
        s.columns = size.ws_col;
        s.lines = size.ws_row;
    }
    s.term = environment("TERM");
    s.no_colour = !environment("NO_COLOR").empty();
    s.codeset = nl_langinfo(CODESET);
    return look_of(s);
}

std::string in_tone(std::string_view text, Tone tone, const Look& look) {
    const auto begin = kTones[static_cast<std::size_t>(tone)];
    if (!look.colour || begin.empty()) return std::string(text);
    std::string out(begin);
    for (const char c : text)
        if (c == '\n')
            out.append("\x1b[0m\n").append(begin);
        else
            out += c;
    return out + "\x1b[0m";
}

}  // namespace tillkeeper::cli
