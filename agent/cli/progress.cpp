#include "agent/cli/progress.h"

#include <utility>

#include "agent/cli/plain_words.h"
#include "agent/cli/printable.h"
#include "agent/cli/progress_bar.h"

namespace tillkeeper::cli {
namespace {

constexpr Duration kRateOver = std::chrono::seconds(10);
constexpr Duration kBetweenLines = std::chrono::milliseconds(100);
constexpr std::size_t kBarCells = 20;
constexpr std::size_t kBarCellsNarrow = 8;
constexpr std::size_t kWide = 60;

}  // namespace

void Progress::seen(const std::string& step, std::int64_t done, std::int64_t total, MonotonicTime moment) {
    if (step != step_ || (!samples_.empty() && done < samples_.back().done)) samples_.clear();
    step_ = step;
    total_ = total;
    samples_.push_back({moment, done});
    while (samples_.size() > 2 && moment - samples_[1].moment >= kRateOver) samples_.pop_front();
}

std::string Progress::line(const Look& look) const {
    if (samples_.empty()) return "";
    const auto& [moment, done] = samples_.back();
    const auto cells = look.width < kWide ? kBarCellsNarrow : kBarCells;
    std::string out = progress_bar(done, total_, cells, look);
    const auto add = [&](const std::string& text) {
        if (columns(out) + columns(text) < look.width) out += text;
    };
    if (columns(out) + step_.size() + 2 < look.width) out = step_ + "  " + out;
    const double seconds = std::chrono::duration<double>(moment - samples_.front().moment).count();
    const double rate = seconds > 0 ? static_cast<double>(done - samples_.front().done) / seconds : 0;
    if (rate <= 0) return out;
    add("  " + time_in_words(static_cast<std::int64_t>(static_cast<double>(total_ - done) / rate)) + " left");
    add("  " + std::to_string(static_cast<std::int64_t>(rate)) + "/s");
    return out;
}

void ProgressLine::told(const std::string& step, std::int64_t done, std::int64_t total) {
    if (!look_.moves) return;
    const auto now = clock_.monotonic();
    if (shown_ && now - *shown_ < kBetweenLines) return;
    progress_.seen(step, done, total, now);
    shown_ = now;
    out_ << '\r' << progress_.line(look_) << "\x1b[K" << std::flush;
}

ProgressLine::~ProgressLine() {
    if (shown_) out_ << "\r\x1b[K" << std::flush;
}

}  // namespace tillkeeper::cli
