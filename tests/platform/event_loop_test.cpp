#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <thread>
#include <vector>

#include "tests/fakes/fake_loop.h"
#include "tests/platform/driven_loop.h"

namespace tillkeeper {
namespace {

using namespace std::chrono_literals;

TEST(EventLoop, RunsPostedTasksInOrderAndStopsAfterTheRunningOne) {
    AsioEventLoop loop;
    std::vector<int> ran;
    loop.post([&] { ran.push_back(1); });
    loop.post([&] {
        ran.push_back(2);
        loop.post([&] { ran.push_back(4); });
    });
    loop.post([&] { ran.push_back(3); });
    loop.post([&] { loop.post([&] { loop.stop(); }); });
    loop.post([&] { ran.push_back(35); });
    loop.run();
    EXPECT_EQ(ran, (std::vector{1, 2, 3, 35, 4}));
}

TEST(EventLoop, KeepsWhatAStopLeftForTheNextRun) {
    AsioEventLoop loop;
    int ran = 0;
    loop.post([&] { loop.stop(); });
    loop.post([&] { ++ran; });
    loop.run();
    EXPECT_EQ(ran, 0);
    loop.post([&] { loop.stop(); });
    loop.run();
    EXPECT_EQ(ran, 1);
}

TEST(EventLoop, TakesPostsFromManyThreadsWithoutLosingAnyAndInTheOrderOfEach) {
    AsioEventLoop loop;
    constexpr int kEach = 20'000;
    std::vector<int> next(4, 0);
    int wrong = 0;
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < next.size(); ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < kEach; ++i)
                loop.post([&, t, i] {
                    if (next[t]++ != i) ++wrong;
                    if (next == std::vector<int>(next.size(), kEach)) loop.stop();
                });
        });
    loop.run();
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

TEST(EventLoop, FiresTimersInTheOrderOfTheirTimes) {
    AsioEventLoop loop;
    const auto begun = std::chrono::steady_clock::now();
    std::vector<int> fired;
    const Timer third = loop.after(20ms, [&] {
        fired.push_back(3);
        loop.stop();
    });
    const Timer first = loop.after(0ms, [&] { fired.push_back(1); });
    const Timer second = loop.after(5ms, [&] { fired.push_back(2); });
    loop.run();
    EXPECT_EQ(fired, (std::vector{1, 2, 3}));
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 20ms);
}

TEST(EventLoop, NeverFiresADestroyedTimer) {
    AsioEventLoop loop;
    int fired = 0;
    Timer doomed_later;
    // Both are due in the same round; the first to run destroys the second.
    const Timer first = loop.after(1ms, [&] { doomed_later.reset(); });
    doomed_later = loop.after(1ms, [&] { ++fired; });
    Timer doomed = loop.after(0ms, [&] { ++fired; });
    doomed.reset();
    const Timer end = loop.after(10ms, [&] { loop.stop(); });
    loop.run();
    EXPECT_EQ(fired, 0);
}

TEST(EventLoop, LetsATimerReplaceItselfWhileItFires) {
    AsioEventLoop loop;
    int fired = 0;
    Timer timer;
    std::function<void()> again = [&] {
        if (++fired == 100) return loop.stop();
        timer = loop.after(0ms, [&] { again(); });
    };
    again();
    loop.run();
    EXPECT_EQ(fired, 100);
}

TEST(EventLoop, DropsTasksThatOwnTimersOfTheirOwnAtTheEnd) {
    AsioEventLoop loop;
    Timer inner = loop.after(1h, [] {});
    const Timer kept = loop.after(1h, [] {});
    Timer outer = loop.after(1h, [owned = std::move(inner)] {});
    loop.post([owned = std::move(outer)] {});
}

TEST(EventLoop, LetsTimersAndSocketsThroughHoweverMuchIsPosted) {
    AsioEventLoop loop;
    std::function<void()> busy = [&] { loop.post([&] { busy(); }); };
    busy();
    const Timer end = loop.after(5ms, [&] { loop.stop(); });
    loop.run();
}

TEST(EventLoop, TimersThatAreDueAtOnceDoNotMultiply) {
    AsioEventLoop loop;
    constexpr int kTimers = 3;
    constexpr int kRounds = 200;
    std::int64_t fired = 0;
    std::array<Timer, kTimers> timers;
    const std::function<void(std::size_t)> again = [&](std::size_t which) {
        timers[which] = loop.after(0ms, [&, which] {
            ++fired;
            again(which);
        });
    };
    int rounds = 0;
    const std::function<void()> round = [&] {
        if (++rounds == kRounds || fired > 100'000) return loop.stop();
        loop.post([&] { round(); });
    };
    loop.post([&] {
        for (std::size_t which = 0; which < kTimers; ++which) again(which);
        round();
    });
    loop.run();
    EXPECT_LE(fired, std::int64_t{2} * kTimers * kRounds);
    timers = {};
}

class Pipe : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(pipe(ends_), 0); }
    void TearDown() override {
        close(ends_[0]);
        close(ends_[1]);
    }
    int ends_[2] = {};
    DrivenLoop loop_;
};

TEST_F(Pipe, TellsAgainAsLongAsThereIsSomethingToRead) {
    int told = 0;
    char byte = 0;
    const auto watch = loop_->watch(ends_[0], [&](AsioEventLoop::Ready) {
        if (++told > 2) {
            ASSERT_EQ(read(ends_[0], &byte, 1), 1);
        }
    });
    watch->want(true, false);
    loop_.turn(5ms);
    EXPECT_EQ(told, 0);
    ASSERT_EQ(write(ends_[1], "x", 1), 1);
    loop_.turn(5ms);
    EXPECT_EQ(told, 3);
    watch->want(false, false);
    ASSERT_EQ(write(ends_[1], "x", 1), 1);
    loop_.turn(5ms);
    EXPECT_EQ(told, 3);
    watch->want(true, false);
    ASSERT_TRUE(loop_.until([&] { return told == 4; }));
}

TEST_F(Pipe, LetsTheCallbackDestroyItsWatch) {
    int told = 0;
    std::unique_ptr<Watch> watch = loop_->watch(ends_[1], [&](AsioEventLoop::Ready) {
        ++told;
        watch.reset();
    });
    watch->want(false, true);
    loop_.turn(5ms);
    EXPECT_EQ(told, 1);
}

TEST(FakeLoop, FiresTimersAtTheirOwnInstants) {
    fakes::FakeClock clock;
    fakes::FakeLoop loop(clock);
    const MonotonicTime start = clock.monotonic();
    std::vector<Duration> fired;
    Timer inner;
    const Timer outer = loop.after(10s, [&] {
        fired.push_back(clock.monotonic() - start);
        inner = loop.after(5s, [&] { fired.push_back(clock.monotonic() - start); });
    });
    loop.advance(9s);
    EXPECT_TRUE(fired.empty());
    loop.advance(1h);
    EXPECT_EQ(fired, (std::vector<Duration>{10s, 15s}));
    EXPECT_EQ(clock.monotonic() - start, 1h + 9s);
}

TEST(FakeLoop, WaitsForAnotherThread) {
    fakes::FakeClock clock;
    fakes::FakeLoop loop(clock);
    bool done = false;
    std::thread other([&] { loop.post([&] { done = true; }); });
    EXPECT_TRUE(loop.run_until([&] { return done; }));
    other.join();
    EXPECT_FALSE(loop.run_until([] { return false; }, 1ms));
}

}  // namespace
}  // namespace tillkeeper
