#include "agent/cli/progress_bar.h"

#include <algorithm>

namespace tillkeeper::cli {

std::string progress_bar(std::int64_t done, std::int64_t total, std::size_t cells, const Look& look) {
    const double part = total <= 0 ? 1.0 : std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
    const auto full = static_cast<std::size_t>(part * static_cast<double>(cells));
    std::string out = look.symbols() ? "" : "[";
    for (std::size_t i = 0; i < cells; ++i) out += look.symbols() ? (i < full ? "█" : "░") : (i < full ? "#" : ".");
    return out + (look.symbols() ? " " : "] ") + std::to_string(static_cast<int>(part * 100)) + " %";
}

}  // namespace tillkeeper::cli
