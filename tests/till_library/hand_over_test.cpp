// What is sent when, decided without a clock, a disk or a network.
#include "till/hand_over.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/seeded_random.h"
#include "till/reconnect.h"
#include "till/uuid_v7.h"

namespace tillkeeper::pos {
namespace {

using namespace std::chrono_literals;

class HandOvers : public testing::Test {
  protected:
    void send(std::int64_t sequence) { one_.sent(sequence, now_, random_); }

    fakes::SeededRandom random_{3};
    MonotonicTime now_{1h};
    HandOver one_{1, 2s};
};

// [till-4]
TEST_F(HandOvers, OneAtATimeAndNothingOvertakesWhatWaits) {
    EXPECT_TRUE(one_.has_room());
    EXPECT_LT(one_.newest(), 0) << "a till may begin to count at 0";
    send(7);
    EXPECT_EQ(one_.newest(), 7);
    EXPECT_FALSE(one_.has_room());
    one_.put_off(7, now_ + 10min);
    EXPECT_FALSE(one_.has_room()) << "another would overtake the one that was put off";
    EXPECT_FALSE(one_.due_again(now_ + 10min - 1ms));
    EXPECT_EQ(one_.due_again(now_ + 10min), 7);
    EXPECT_EQ(one_.wake_at(), now_ + 10min);
    EXPECT_TRUE(one_.settled(7));
    EXPECT_FALSE(one_.settled(7));
    EXPECT_TRUE(one_.has_room());
    EXPECT_EQ(one_.wake_at(), MonotonicTime::max());
}

// [till-3]
TEST_F(HandOvers, WithoutAnAnswerItIsDueAgainForEverAndEverLessOften) {
    Duration before{};
    for (int attempt = 0; attempt < 100; ++attempt) {
        send(1);
        const Duration whole = 2s * (1 << std::min(attempt, 3));
        const Duration wait = one_.wake_at() - now_;
        EXPECT_LE(wait, whole);
        EXPECT_GE(wait, whole * 3 / 4);
        EXPECT_FALSE(one_.due_again(one_.wake_at() - 1us));
        before = wait;
        now_ = one_.wake_at();
        ASSERT_EQ(one_.due_again(now_), 1);
    }
    EXPECT_GE(before, 12s);
    EXPECT_EQ(one_.sent_again(), 99U);
}

// [till-3] [till-4]
TEST_F(HandOvers, AfterALossAllInFlightGoAgainInOrderAndOnlyThese) {
    HandOver many(3, 2s);
    for (const std::int64_t sequence : {10, 11, 12}) many.sent(sequence, now_, random_);
    EXPECT_FALSE(many.has_room());
    EXPECT_TRUE(many.settled(11));
    many.connection_lost();
    for (const std::int64_t sequence : {10, 12}) {
        ASSERT_EQ(many.due_again(now_), sequence);
        many.sent(sequence, now_, random_);
    }
    EXPECT_FALSE(many.due_again(now_));
    EXPECT_EQ(many.in_flight(), 2U);
    many.put_off(11, now_);
    EXPECT_FALSE(many.due_again(now_)) << "what was settled came back";
}

// [till-6]
TEST(Reconnects, AnywhereUpToALimitThatGrowsAndEnds) {
    fakes::SeededRandom random(5);
    const MonotonicTime now{1h};
    Reconnect reconnect;
    for (int failure = 0; failure < 20; ++failure) {
        const Duration limit = std::min(kReconnectMax, kReconnectFirst * (1 << std::min(failure, 10)));
        const Duration delay = reconnect.after_loss(now, random) - now;
        EXPECT_GE(delay, 0us);
        EXPECT_LE(delay, limit);
    }
    bool early = false;
    bool late = false;
    for (int i = 0; i < 100; ++i) {
        const Duration delay = reconnect.after_loss(now, random) - now;
        early |= delay < kReconnectMax / 4;
        late |= delay > kReconnectMax * 3 / 4;
    }
    EXPECT_TRUE(early && late) << "jitter is gone at the limit, where a fleet needs it most";
    reconnect.succeeded();
    EXPECT_LE(reconnect.after_loss(now, random) - now, kReconnectFirst);
}

// [till-2]
TEST(Ids, AreUuidsOfVersion7InOrderWhateverTheClockDoes) {
    fakes::SeededRandom random(8);
    fakes::FakeClock clock;
    UuidV7 ids;
    std::set<std::string> seen;
    std::string last;
    for (int i = 0; i < 20'000; ++i) {
        if (i % 5000 == 4000) clock.set_wall(clock.wall() - 24h);  // somebody sets the clock back
        if (i % 5000 == 4500) clock.advance(48h);
        const std::string id = ids.next(clock.wall(), random);
        EXPECT_GT(id, last);
        EXPECT_EQ(id.size(), 36U);
        EXPECT_EQ(id[14], '7') << id;
        EXPECT_TRUE(std::string("89ab").contains(id[19])) << id;
        seen.insert(id);
        last = id;
    }
    EXPECT_EQ(seen.size(), 20'000U);
    fakes::FakeClock fresh;
    UuidV7 other;
    const std::string id = other.next(fresh.wall(), random);
    const auto expected = std::chrono::duration_cast<std::chrono::milliseconds>(fresh.wall().time_since_epoch());
    EXPECT_EQ(std::stoull(id.substr(0, 8) + id.substr(9, 4), nullptr, 16), static_cast<unsigned>(1) * expected.count());
}

}  // namespace
}  // namespace tillkeeper::pos
