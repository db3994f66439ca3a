// `tillkeeper status --watch`: what was heard of the daemon, and what to show of it. Pure.
#pragma once

#include <optional>
#include <string>

#include "agent/cli/look.h"
#include "platform/clock.h"
#include "platform/result.h"

namespace tillkeeper::cli {

class Watch {
  public:
    // The answer to the newest question; `now`, `moment`: when it was given or given up.
    void heard(Result<std::string> answer, WallTime now, MonotonicTime moment);

    // The whole screen: the newest state, and above it since when nothing was heard where that is so.
    [[nodiscard]] std::string screen(const Look& look, MonotonicTime moment) const;
    // For a pipe: a line without its end when what matters is not what the last line said. `json`: the daemon's
    // document, or {"error":"..."}.
    [[nodiscard]] std::optional<std::string> change(bool json);
    // Sales were taken when it was last heard of, and it was just now.
    [[nodiscard]] bool fine() const;

  private:
    std::string newest_;  // its last answer, JSON
    std::string fault_;   // why there is none now; "" where there is
    std::string told_;    // what the last line said
    WallTime wall_{};     // of the last answer or, before the first, of the first question
    WallTime now_{};
    std::optional<MonotonicTime> moment_;  // the same as `wall_`
};

// `text` where the old frame is, from the upper left on, with nothing left of that; never more than `rows` lines.
[[nodiscard]] std::string frame(const std::string& text, std::size_t rows);

}  // namespace tillkeeper::cli
