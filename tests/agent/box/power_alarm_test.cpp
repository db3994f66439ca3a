// [box-2]
#include "agent/box/power_alarm.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/fakes/seeded_random.h"

namespace tillkeeper::box {
namespace {

using namespace std::chrono_literals;
using Word = PowerAlarm::Word;

class Alarm : public testing::Test {
  protected:
    // Lets time go on as a loop would: due() is asked when next() says. What was told: F, B and when, in ms.
    std::string run_for(Duration span) {
        const auto end = now_ + span;
        std::string told;
        while (alarm_.next() && *alarm_.next() <= end) {
            now_ = std::max(now_, *alarm_.next());
            if (const auto word = alarm_.due(now_))
                told += (*word == Word::kFailing ? "F" : "B") +
                        std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now_ - start_).count()) +
                        ' ';
        }
        now_ = end;
        return told;
    }
    void line(bool failing) { alarm_.line(failing, now_); }

    const MonotonicTime start_{1h};
    MonotonicTime now_ = start_;
    PowerAlarm alarm_;
};

TEST_F(Alarm, GoodPowerSaysNothing) {
    EXPECT_EQ(run_for(1h), "");
    line(false);
    EXPECT_EQ(run_for(1h), "");
}

TEST_F(Alarm, ASparkIsNotBelieved) {
    line(true);
    EXPECT_EQ(run_for(9ms), "");
    line(false);
    EXPECT_EQ(run_for(1h), "");
}

TEST_F(Alarm, ALineThatStaysIsToldAndToldAgain) {
    line(true);
    EXPECT_EQ(run_for(45s), "F10 F20010 F40010 ");
    line(false);
    EXPECT_EQ(run_for(1h), "B47000 ");
}

TEST_F(Alarm, PowerThatComesAndGoesIsNotBack) {
    line(true);
    EXPECT_EQ(run_for(100ms), "F10 ");
    for (int i = 0; i < 4; ++i) {
        line(false);
        EXPECT_EQ(run_for(1900ms), "");
        line(true);
        EXPECT_EQ(run_for(100ms), "");
    }
    line(false);
    EXPECT_EQ(run_for(3s), "B10100 ");
}

TEST_F(Alarm, WhoDidNotHearIsToldSoon) {
    line(true);
    EXPECT_EQ(run_for(10ms), "F10 ");
    alarm_.unheard(now_);
    EXPECT_EQ(run_for(2s), "F1010 ");
}

// However the line trembles: words alternate in meaning, no store is closed without a line that stayed, and a line that
// stays failing is always told in the end.
TEST_F(Alarm, NoTremblingConfusesIt) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        fakes::SeededRandom random(seed);
        alarm_ = {};
        bool closed = false;
        bool failing = false;
        for (int change = 0; change < 60; ++change) {
            failing = random.below(2) == 1;
            line(failing);
            for (const char c : run_for(std::chrono::milliseconds(random.below(random.below(3) == 0 ? 5000 : 20)))) {
                if (c == 'B') {
                    EXPECT_TRUE(closed) << "seed " << seed;
                }
                if (c == 'F' || c == 'B') closed = c == 'F';
            }
        }
        for (const char c : run_for(3s))
            if (c == 'F' || c == 'B') closed = c == 'F';
        EXPECT_EQ(closed, failing) << "seed " << seed;
    }
}

}  // namespace
}  // namespace tillkeeper::box
