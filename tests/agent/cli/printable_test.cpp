#include "agent/cli/printable.h"

#include <gtest/gtest.h>

#include "agent/cli/json_view.h"
#include "agent/cli/look.h"
#include "agent/cli/print.h"
#include "agent/cli/progress_bar.h"

namespace tillkeeper::cli {
namespace {

TEST(Printable, SteersNoTerminal) {
    EXPECT_EQ(printable("plain, Käse, 東京, 🧀"), "plain, Käse, 東京, 🧀");
    EXPECT_EQ(printable("\x1b[2J\x1b]0;title\x07"), "?[2J?]0;title?");
    EXPECT_EQ(printable("a\nb\tc\x7f"), "a?b?c?");
    EXPECT_EQ(printable("\xc2\x9b"
                        "31m"),
              "?31m")
        << "U+009B begins an escape sequence as well";
    EXPECT_EQ(printable("\xe2\x80\xae"
                        "evil\xe2\x81\xa6\xe2\x80\x8b"),
              "?evil??")
        << "writing backwards, and what nobody sees";
}

TEST(Printable, IsUtf8WhateverComes) {
    EXPECT_EQ(printable("\x9b"
                        "31m"),
              "?31m");
    EXPECT_EQ(printable("\xc3"), "?");
    EXPECT_EQ(printable("\xc0\x9b"), "??") << "longer than it needs to be";
    EXPECT_EQ(printable("\xed\xa0\x80"), "???") << "half a surrogate pair";
    EXPECT_EQ(printable("\xf4\x90\x80\x80"), "????") << "beyond Unicode";
}

TEST(Printable, WhatTheDaemonSaysIsPrintable) {
    const JsonDocument document("{\"caf\\u009b\":\"a\\u001bb\\u009dc\xff\"}");
    EXPECT_EQ(document.root().children().front().text(), "a?b?c?");
    EXPECT_EQ(document.root().children().front().name(), "caf?");
    const JsonDocument entry(
        "{\"entry\":{\"transaction\":{\"text\":\"\xc2\x9b"
        "2J\x7f\"}}}");
    const auto shown = entry_text(entry.root());
    EXPECT_EQ(shown.find("\xc2\x9b"), std::string::npos);
    EXPECT_EQ(shown.find('\x7f'), std::string::npos);
    EXPECT_NE(shown.find("\t\"text\":\t\"?2J?\"\n") == std::string::npos ? shown.find("?2J?") : 0, std::string::npos);
}

TEST(Printable, AsciiHasOneCharacterForEach) {
    EXPECT_EQ(in_ascii("Käse 東京\n"), "K?se ??\n");
    EXPECT_EQ(columns("Käse 東京"), 7U);
}

TEST(Wrapped, BreaksBetweenWords) {
    EXPECT_EQ(wrapped("one two three", 0), "one two three");
    EXPECT_EQ(wrapped("one two three", 13), "one two three");
    EXPECT_EQ(wrapped("one two three", 8), "one two\nthree");
    EXPECT_EQ(wrapped("one two three", 8, 2), "one two\n  three");
    EXPECT_EQ(wrapped("one extraordinary", 5), "one\nextraordinary");
}

TEST(Look, IsWhatTheTerminalCanShow) {
    const Surroundings terminal{.terminal = true, .columns = 40, .term = "xterm", .codeset = "UTF-8"};
    EXPECT_EQ(look_of(terminal).width, 40U);
    EXPECT_TRUE(look_of(terminal).colour && look_of(terminal).moves && look_of(terminal).symbols());

    auto changed = terminal;
    changed.no_colour = true;
    EXPECT_TRUE(!look_of(changed).colour && look_of(changed).moves && look_of(changed).symbols());
    changed = terminal;
    changed.term = "dumb";
    EXPECT_TRUE(!look_of(changed).colour && !look_of(changed).moves && !look_of(changed).symbols());
    changed = terminal;
    changed.codeset = "ANSI_X3.4-1968";
    EXPECT_TRUE(look_of(changed).colour && !look_of(changed).symbols());
    changed = terminal;
    changed.columns = 0;
    EXPECT_EQ(look_of(changed).width, 80U);
    changed = terminal;
    changed.terminal = false;
    EXPECT_TRUE(!look_of(changed).colour && !look_of(changed).symbols() && look_of(changed).width == 0);
}

TEST(Look, EachLineHasItsOwnTone) {
    Look look;
    EXPECT_EQ(in_tone("a\nb", Tone::kBad, look), "a\nb");
    look.colour = true;
    EXPECT_EQ(in_tone("a\nb", Tone::kBad, look), "\x1b[1;31ma\x1b[0m\n\x1b[1;31mb\x1b[0m");
    EXPECT_EQ(in_tone("a", Tone::kPlain, look), "a");
}

TEST(ProgressBar, IsFullOnlyAtTheEnd) {
    Look look;
    EXPECT_EQ(progress_bar(0, 10, 4, look), "[....] 0 %");
    EXPECT_EQ(progress_bar(5, 10, 4, look), "[##..] 50 %");
    EXPECT_EQ(progress_bar(9999, 10'000, 4, look), "[###.] 99 %");
    EXPECT_EQ(progress_bar(10, 10, 4, look), "[####] 100 %");
    EXPECT_EQ(progress_bar(11, 10, 4, look), "[####] 100 %");
    EXPECT_EQ(progress_bar(0, 0, 4, look), "[####] 100 %");
    look.moves = look.utf8 = true;
    EXPECT_EQ(progress_bar(5, 10, 4, look), "██░░ 50 %");
}

}  // namespace
}  // namespace tillkeeper::cli
