// Systemd is told that the daemon lives only while all of its loops move. [agent-105]
#include "agent/pulse.h"

#include <gtest/gtest.h>

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;

TEST(Pulse, NamesTheLoopThatStands) {
    const MonotonicTime start{1h};
    Pulse pulse(start);
    EXPECT_EQ(pulse.standing(start + Pulse::kStandsMax - 1s), "");
    EXPECT_EQ(pulse.standing(start + Pulse::kStandsMax), "sync");
    pulse.moved(Pulse::Loop::kSync, start + 4min);
    EXPECT_EQ(pulse.standing(start + 5min), "slow");
    pulse.moved(Pulse::Loop::kSlow, start + 5min);
    EXPECT_EQ(pulse.standing(start + 5min), "");
    EXPECT_EQ(pulse.standing(start + 9min), "sync");
}

}  // namespace
}  // namespace tillkeeper::agent
