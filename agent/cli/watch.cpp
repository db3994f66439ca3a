#include "agent/cli/watch.h"

#include <sstream>

#include "agent/cli/plain_words.h"
#include "agent/cli/printable.h"
#include "agent/cli/status_screen.h"
#include "agent/contract/problem.h"

namespace tillkeeper::cli {

void Watch::heard(Result<std::string> answer, WallTime now, MonotonicTime moment) {
    now_ = now;
    fault_ = answer ? "" : printable(answer.error().message);
    if (answer) newest_ = std::move(*answer);
    if (moment_ && !answer) return;
    wall_ = now;
    moment_ = moment;
}

std::string Watch::screen(const Look& look, MonotonicTime moment) const {
    const JsonDocument document(newest_);
    const std::string state = newest_.empty() ? "" : status_screen(document.root(), look);
    if (fault_.empty()) return state;
    const auto silent = std::chrono::duration_cast<std::chrono::seconds>(moment - moment_.value_or(moment));
    const std::string lost = "Nothing heard from the daemon since " + to_rfc3339(wall_) + ", " +
                             time_in_words(silent.count()) + ": " + fault_ + ". It is asked each second.";
    std::string out = in_tone(wrapped(lost, look.width), Tone::kBad, look) + '\n';
    if (!state.empty()) out += "\nWhat it said last:\n\n" + state;
    return look.utf8 ? out : in_ascii(out);
}

std::optional<std::string> Watch::change(bool json) {
    const JsonDocument document(newest_);
    const std::string matters =
        fault_.empty() ? status_line(document.root()) : "Nothing heard from the daemon: " + fault_;
    if (matters == told_) return std::nullopt;
    told_ = matters;
    if (!json) return to_rfc3339(now_) + ' ' + matters;
    return fault_.empty() ? newest_ : "{\"error\":" + agent::quoted(fault_) + '}';
}

bool Watch::fine() const {
    return fault_.empty() && JsonDocument(newest_).root().is_true("accepting");
}

std::string frame(const std::string& text, std::size_t rows) {
    std::istringstream lines(text);
    std::string out = "\x1b[H";
    std::size_t row = 0;
    for (std::string line; row < rows && std::getline(lines, line); ++row)
        out += (row > 0 ? "\r\n" : "") + line + "\x1b[K";
    return out + (row < rows ? "\r\n\x1b[J" : "");
}

}  // namespace tillkeeper::cli
