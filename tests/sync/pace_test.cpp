// Pace and quota: buckets, what services say of their limits, the spread after an outage, jitter that is never early.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "sync/answer.h"
#include "sync/pace.h"
#include "sync/quota.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr MonotonicTime kStart{std::chrono::hours(1)};

// How many leave within `span`, when always another one waits.
int sent_within(Pace& pace, Duration span, std::size_t bytes, Random& random) {
    int count = 0;
    for (auto now = kStart; now < kStart + span; now = std::max(now, pace.next())) {
        if (now < pace.next()) continue;
        pace.sent(bytes, now, random);
        ++count;
    }
    return count;
}

TEST(Bucket, holds_a_second_and_fills_at_its_rate) {  // [sync-16]
    Bucket bucket(10, 1);
    int at_once = 0;
    for (; bucket.ready() <= kStart; ++at_once) bucket.take(1, kStart);
    EXPECT_EQ(at_once, 10);
    EXPECT_EQ(bucket.ready(), kStart + milliseconds(100));
    bucket.take(1, kStart + seconds(100));  // what was not used for long is not saved up
    for (at_once = 1; bucket.ready() <= kStart + seconds(100); ++at_once) bucket.take(1, kStart + seconds(100));
    EXPECT_EQ(at_once, 10);
}

TEST(Bucket, what_is_larger_than_it_goes_alone) {  // [sync-16]
    Bucket bucket(1000);
    EXPECT_LE(bucket.ready(), kStart);
    bucket.take(5000, kStart);
    EXPECT_EQ(bucket.ready(), kStart + seconds(4));  // one second was saved up
}

TEST(Pace, caps_hold_over_time) {  // [sync-16]
    fakes::SeededRandom random;
    Pace requests({.requests_per_s = 5});
    EXPECT_NEAR(sent_within(requests, seconds(100), 1000, random), 500, 5);
    Pace bytes({.bytes_per_s = 10'000});
    EXPECT_NEAR(sent_within(bytes, seconds(100), 1000, random), 1000, 12);
    Pace large({.bytes_per_s = 100});
    EXPECT_NEAR(sent_within(large, seconds(100), 1000, random), 10, 2);
}

TEST(Pace, without_limits_nothing_waits) {
    fakes::SeededRandom random;
    Pace pace({});
    for (int i = 0; i < 1000; ++i) {
        EXPECT_LE(pace.next(), kStart);
        pace.sent(1 << 20, kStart, random);
        pace.heard({}, kStart, random);
        pace.taken(kStart, random);
    }
}

TEST(Pace, retry_after_is_never_early_and_differs_from_store_to_store) {  // [sync-16]
    std::set<Duration> seconds_met;
    for (std::uint64_t store = 0; store < 1000; ++store) {
        fakes::SeededRandom random(store);
        Pace pace({});
        pace.asked_off(seconds(60), kStart, random);
        const Duration waits = pace.next() - kStart;
        EXPECT_GE(waits, seconds(60));
        EXPECT_LE(waits, seconds(75));
        seconds_met.insert(std::chrono::floor<seconds>(waits));
        pace.asked_off(seconds(1), kStart, random);
        EXPECT_EQ(pace.next() - kStart, waits) << "a shorter one does not take it back";
    }
    EXPECT_EQ(seconds_met.size(), 15U);
    fakes::SeededRandom random;
    Pace pace({});
    pace.asked_off(Duration::zero(), kStart, random);
    EXPECT_LE(pace.next(), kStart);
}

TEST(Pace, a_fleet_comes_back_spread_after_an_outage) {  // [sync-16]
    std::array<int, 10> tenths{};
    for (std::uint64_t store = 0; store < 10'000; ++store) {
        fakes::SeededRandom random(store);
        Pace pace({.reconnect_spread = seconds(30)});
        pace.failed(kStart);
        pace.failed(kStart + minutes(9));
        EXPECT_LE(pace.next(), kStart + minutes(9)) << "the backoff spreads probes";
        const auto back = kStart + minutes(10);
        pace.taken(back, random);
        const Duration waits = pace.next() - back;
        ASSERT_GE(waits, Duration::zero());
        ASSERT_LE(waits, seconds(30));
        ++tenths[std::min<std::size_t>(static_cast<std::size_t>(waits / seconds(3)), 9)];
    }
    for (const int stores : tenths) EXPECT_NEAR(stores, 1000, 150);
}

TEST(Pace, short_outages_and_a_spread_of_zero_change_nothing) {
    fakes::SeededRandom random;
    Pace pace({});
    pace.failed(kStart);
    pace.failed(kStart + seconds(59));
    pace.taken(kStart + seconds(61), random);
    EXPECT_EQ(pace.gap(), Duration::zero());
    pace.failed(kStart + minutes(2));
    pace.taken(kStart + minutes(30), random);
    EXPECT_EQ(pace.gap(), Duration::zero()) << "one failure and a quiet night are no outage";
    Pace off({.reconnect_spread = Duration::zero()});
    off.failed(kStart);
    off.failed(kStart + minutes(9));
    off.taken(kStart + minutes(10), random);
    EXPECT_EQ(off.gap(), Duration::zero());
}

struct Growth {
    Duration took{};
    int requests = 0;
};

// From the end of an outage until nothing paces any more, when each answer says that so much of the quota is left.
Growth until_unpaced(std::optional<double> left) {
    fakes::SeededRandom random;
    Pace pace({});
    pace.failed(kStart);
    pace.failed(kStart + minutes(9));
    auto now = kStart + minutes(10);
    pace.taken(now, random);
    Growth growth;
    for (; pace.gap() > Duration::zero() && growth.requests < 10'000; ++growth.requests) {
        now = std::max(now, pace.next());
        pace.sent(1000, now, random);
        now += milliseconds(100);
        pace.heard({.left = left}, now, random);
        pace.taken(now, random);
    }
    growth.took = now - (kStart + minutes(10));
    return growth;
}

TEST(Pace, grows_as_fast_as_the_quota_is_free) {  // [sync-16]
    EXPECT_LT(until_unpaced(1.0).took, minutes(2));
    EXPECT_GT(until_unpaced(0.3).took, until_unpaced(0.6).took);
    EXPECT_LT(until_unpaced(std::nullopt).took, minutes(12));
    EXPECT_GT(until_unpaced(std::nullopt).took, minutes(4));
    EXPECT_GT(until_unpaced(0.02).requests, 9'999) << "98 % are used: others are there";
}

TEST(Pace, slows_down_where_the_quota_is_used_up_and_at_each_429) {  // [sync-16]
    fakes::SeededRandom random;
    Pace pace({});
    pace.refused();
    EXPECT_EQ(pace.gap(), seconds(1));
    pace.refused();
    EXPECT_EQ(pace.gap(), seconds(2));
    pace.heard({.left = 0.0}, kStart, random);
    pace.taken(kStart, random);
    EXPECT_GT(pace.gap(), seconds(2));
    const auto before = pace.gap();
    pace.heard({.pause = seconds(10)}, kStart, random);
    EXPECT_EQ(pace.gap(), 2 * before);
    pace.heard({.left = 1.0}, kStart + seconds(10), random);
    pace.taken(kStart + seconds(10), random);
    EXPECT_EQ(pace.gap(), 2 * before) << "all who paused find it whole: that is no reason to grow";
    for (int i = 0; i < 100; ++i) pace.refused();
    EXPECT_EQ(pace.gap(), seconds(60));
    pace.caught_up();
    EXPECT_EQ(pace.gap(), Duration::zero());
}

TEST(Pace, a_quota_is_spread_over_its_time) {  // [sync-16]
    fakes::SeededRandom random;
    Pace pace({});
    pace.sent(100, kStart, random);
    pace.heard(read_quota({{"ratelimit", R"("all";r=10;t=30)"}}), kStart + milliseconds(50), random);
    EXPECT_EQ(pace.next(), kStart + seconds(3));
    pace.sent(100, kStart + seconds(29), random);
    EXPECT_EQ(pace.next(), kStart + milliseconds(30'050)) << "then it is whole again";
    pace.heard(read_quota({{"ratelimit", R"("all";r=0;t=30)"}}), kStart, random);
    EXPECT_GE(pace.next(), kStart + seconds(30));
    EXPECT_LE(pace.next(), kStart + milliseconds(37'500));
}

TEST(Quota, both_forms) {  // [sync-16]
    const Quota draft =
        read_quota({{"ratelimit", R"("default";r=50;t=30)"}, {"ratelimit-policy", R"("default";q=100;w=60)"}});
    EXPECT_EQ(draft.gap, milliseconds(600));
    EXPECT_EQ(draft.holds, seconds(30));
    EXPECT_EQ(draft.pause, Duration::zero());
    EXPECT_EQ(draft.left, 0.5);
    const Quota older =
        read_quota({{"ratelimit-limit", "100, 100;w=60"}, {"ratelimit-remaining", "25"}, {"ratelimit-reset", "50"}});
    EXPECT_EQ(older.gap, seconds(2));
    EXPECT_EQ(older.left, 0.25);
    const Quota used_up = read_quota({{"ratelimit-remaining", "0"}, {"ratelimit-reset", "86400"}});
    EXPECT_EQ(used_up.pause, kRetryAfterMax);
    EXPECT_FALSE(used_up.left);
}

TEST(Quota, of_several_the_tightest_counts) {  // [sync-16]
    const Quota quota = read_quota({{"ratelimit", R"("store";r=9;t=3 , "all"; r=100;t=10)"},
                                    {"ratelimit", R"(month;r=1000;t=2000;pk=:c3RvcmU=:)"},
                                    {"ratelimit-policy", R"("store";q=10;w=1, "all";q=1000;qu="requests";w=10)"}});
    EXPECT_EQ(quota.gap, seconds(2));
    EXPECT_EQ(quota.left, 0.1);
    EXPECT_EQ(
        read_quota({{"ratelimit", R"("b";r=0;t=9)"}, {"ratelimit-policy", R"("b";q=9;qu="content-bytes")"}}).pause,
        Duration::zero())
        << "bytes are no requests";
}

TEST(Quota, garbage_limits_nobody) {  // [sync-16]
    for (const std::string text : {"",
                                   ";",
                                   ",",
                                   "\"",
                                   "\"a",
                                   R"("a";)",
                                   R"("a";r)",
                                   R"("a";r=)",
                                   R"("a";r=-1;t=5)",
                                   R"("a";r=0.0;t=5)",
                                   R"("a";t=5)",
                                   R"("a";r=0)",
                                   R"("a";r=0;t=1795000000)",
                                   R"("a";r=0;t=5,)",
                                   R"("a";r=0;t=5 x)",
                                   R"("a";r="0";t=5)",
                                   R"("a";R=0;t=5)",
                                   R"("a";r=0000000000000000;t=5)",
                                   R"("a";r=0;t=5;u="\)",
                                   R"("a)",
                                   "r=0 t=5",
                                   R"("ä";r=0;t=5)",
                                   "limit=0, remaining=0, reset=5"}) {
        const Quota quota = read_quota({{"ratelimit", text}});
        EXPECT_EQ(quota.pause, Duration::zero()) << text;
        EXPECT_EQ(quota.gap, Duration::zero()) << text;
    }
    EXPECT_EQ(read_quota({{"ratelimit-remaining", "none"}, {"ratelimit-reset", "5"}}).pause, Duration::zero());
    EXPECT_EQ(read_quota({{"ratelimit-remaining", "0"}, {"ratelimit-reset", "1795000000"}}).pause, Duration::zero());
    EXPECT_EQ(read_quota({{"ratelimit", std::string(kQuotaFieldMax, ' ') + R"("a";r=0;t=5)"}}).pause, Duration::zero());
    std::string many;
    for (std::size_t i = 0; i < kQuotaItemsMax; ++i) many += "a;r=1;t=1,";
    EXPECT_EQ(read_quota({{"ratelimit", many + "a;r=0;t=5"}}).pause, Duration::zero()) << "no more than eight are read";
    EXPECT_EQ(read_quota({{"ratelimit", R"("a\"\\b";r=0;t=5)"}}).pause, seconds(5)) << "escapes are no garbage";
}

}  // namespace
}  // namespace tillkeeper::sync
