// How far long work is, on one line that is written over: a bar, the rate, and the time left, from what was really
// done.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <ostream>
#include <string>

#include "agent/cli/look.h"
#include "platform/clock.h"

namespace tillkeeper::cli {

// Told of work: its step, how much of it is done, and how much it is.
using Told = std::function<void(const std::string& step, std::int64_t done, std::int64_t total)>;

// Pure. The rate is that of the last ten seconds; a new step begins anew.
class Progress {
  public:
    void seen(const std::string& step, std::int64_t done, std::int64_t total, MonotonicTime moment);
    // No wider than `look`; what does not fit is left out, the bar last. "" before anything was seen.
    [[nodiscard]] std::string line(const Look& look) const;

  private:
    struct Sample {
        MonotonicTime moment;
        std::int64_t done = 0;
    };
    std::string step_;
    std::int64_t total_ = 0;
    std::deque<Sample> samples_;
};

// Shows it where the cursor can be moved, nothing elsewhere; the line is gone afterwards. At most ten times a second.
class ProgressLine {
  public:
    ProgressLine(std::ostream& out, const Look& look, const Clock& clock) : out_(out), look_(look), clock_(clock) {}
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void told(const std::string& step, std::int64_t done, std::int64_t total);

  private:
    std::ostream& out_;
    Look look_;
    const Clock& clock_;
    Progress progress_;
    std::optional<MonotonicTime> shown_;
};

}  // namespace tillkeeper::cli
