#include "agent/cli/qr_text.h"

#include <qrcodegen/qrcodegen.hpp>

namespace tillkeeper::cli {
namespace {

constexpr int kQuiet = 4;  // modules on each side
constexpr std::string_view kBlackOnWhite = "\x1b[30;107m";
constexpr std::string_view kAsBefore = "\x1b[0m\n";

}  // namespace

std::string qr_text(std::string_view text) {
    using qrcodegen::QrCode;
    if (text.empty() || text.size() > kQrTextBytesMax) return {};
    // Within the limit every text fits: it throws only beyond 2,953 bytes.
    const auto code = QrCode::encodeText(std::string(text).c_str(), QrCode::Ecc::LOW);
    const int end = code.getSize() + kQuiet;
    std::string out;
    for (int y = -kQuiet; y < end; y += 2) {
        out += kBlackOnWhite;
        for (int x = -kQuiet; x < end; ++x) {
            const bool upper = code.getModule(x, y);  // false outside
            const bool lower = code.getModule(x, y + 1);
            out += upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ");
        }
        out += kAsBefore;
    }
    return out;
}

}  // namespace tillkeeper::cli
