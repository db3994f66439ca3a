// A QR code as text, for the terminal of whoever stands there with a phone. Pure.
#pragma once

#include <string>
#include <string_view>

namespace tillkeeper::cli {

inline constexpr std::size_t kQrTextBytesMax = 300;  // what still fits on a screen of 60 lines

// Black on white whatever the terminal's colours are (ECMA-48), two modules a character, with the quiet zone that
// ISO/IEC 18004 asks for. "" when `text` is longer than kQrTextBytesMax.
[[nodiscard]] std::string qr_text(std::string_view text);

}  // namespace tillkeeper::cli
