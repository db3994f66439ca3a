#include "agent/cli/progress.h"

#include <gtest/gtest.h>

#include <sstream>

#include "agent/cli/printable.h"
#include "tests/fakes/fake_clock.h"

namespace tillkeeper::cli {
namespace {

using namespace std::chrono_literals;

const Look kWide{.width = 80, .height = 24, .moves = true};

TEST(Progress, HasTheRateOfWhatWasReallyDone) {
    Progress progress;
    EXPECT_EQ(progress.line(kWide), "");
    progress.seen("verifying", 0, 1000, MonotonicTime(0s));
    EXPECT_EQ(progress.line(kWide), "verifying  [....................] 0 %") << "no guess before there is a rate";
    progress.seen("verifying", 250, 1000, MonotonicTime(5s));
    EXPECT_EQ(progress.line(kWide), "verifying  [#####...............] 25 %  15 s left  50/s");
    for (int second = 6; second <= 20; ++second)
        progress.seen("verifying", 250 + (second - 5) * 10, 1000, MonotonicTime(std::chrono::seconds(second)));
    EXPECT_EQ(progress.line(kWide), "verifying  [########............] 40 %  1 min left  10/s")
        << "the last ten seconds";
}

TEST(Progress, AStepBeginsAnew) {
    Progress progress;
    progress.seen("looking", 0, 10, MonotonicTime(0s));
    progress.seen("looking", 10, 10, MonotonicTime(1s));
    progress.seen("erasing", 0, 4, MonotonicTime(2s));
    EXPECT_EQ(progress.line(kWide), "erasing  [....................] 0 %");
    progress.seen("erasing", 3, 4, MonotonicTime(3s));
    progress.seen("erasing", 1, 4, MonotonicTime(4s));
    EXPECT_EQ(progress.line(kWide), "erasing  [#####...............] 25 %") << "started anew behind our back";
}

TEST(Progress, LeavesOutWhatDoesNotFit) {
    Progress progress;
    progress.seen("verifying", 0, 100'000, MonotonicTime(0s));
    progress.seen("verifying", 50'000, 100'000, MonotonicTime(10s));
    for (std::size_t width = 17; width < 80; ++width) {
        Look narrow = kWide;
        narrow.width = width;
        EXPECT_LT(columns(progress.line(narrow)), width);
    }
    Look narrow = kWide;
    narrow.width = 40;
    EXPECT_EQ(progress.line(narrow), "verifying  [####....] 50 %  10 s left");
}

TEST(ProgressLine, IsForTerminalsAndGoneAfterwards) {
    fakes::FakeClock clock;
    std::ostringstream terminal, pipe;
    {
        ProgressLine shown(terminal, kWide, clock), hidden(pipe, {}, clock);
        for (int i = 0; i < 3; ++i) {
            shown.told("verifying", i, 10);
            hidden.told("verifying", i, 10);
        }
        EXPECT_EQ(terminal.str(), "\rverifying  [....................] 0 %\x1b[K") << "no more than ten a second";
    }
    EXPECT_TRUE(terminal.str().ends_with("\r\x1b[K"));
    EXPECT_EQ(pipe.str(), "");
}

}  // namespace
}  // namespace tillkeeper::cli
