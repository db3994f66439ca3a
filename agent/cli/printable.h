// Text from outside on its way to a terminal: it is shown, and steers nothing.
#pragma once

#include <string>
#include <string_view>

namespace tillkeeper::cli {

// Each control character (also those of U+0080 to U+009F, and what turns the direction of writing or has no width), and
// each byte that is no UTF-8, as '?'.
[[nodiscard]] std::string printable(std::string_view text);

// What is not ASCII as '?', one for each character: for terminals that know no UTF-8. Leaves control characters alone.
[[nodiscard]] std::string in_ascii(std::string_view text);

// How many columns UTF-8 takes, one for each character.
[[nodiscard]] std::size_t columns(std::string_view text);

// Broken between words into lines of at most `width` columns, all but the first indented; a word that is longer
// stands alone. 0: as it is. Ends without a line feed.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t indent = 0);

}  // namespace tillkeeper::cli
