// What gives way first. [agent-71]
#include "agent/local/runway.h"

#include <gtest/gtest.h>

#include <vector>

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
using std::chrono::hours;

const WallTime kNow = parse_rfc3339("2026-11-20T10:00:00Z").value();

DiskUse week(std::int64_t recent_entries) {
    return {.free_bytes = 7'000'000,
            .journal_bytes = 1'000'000,
            .entries = 1000,
            .recent_entries = recent_entries,
            .recent = hours(7 * 24)};
}

TEST(UntilFull, GoesByThePaceOfTheLastDays) {
    EXPECT_EQ(until_full(week(1000)).value(), hours(49 * 24)) << "1 MB a week, 7 MB free";
    EXPECT_EQ(until_full(week(500)).value(), hours(98 * 24)) << "half the pace, twice the time";
    auto full = week(1000);
    full.free_bytes = 0;
    EXPECT_EQ(until_full(full).value(), 0h);
}

TEST(UntilFull, KnowsNothingWithoutHistory) {
    EXPECT_FALSE(until_full({}));
    EXPECT_FALSE(until_full(week(0))) << "nothing sold for a week";
    auto young = week(1000);
    young.recent = kPaceNeeds - 1s;
    EXPECT_FALSE(until_full(young));
    young.recent = -5h;
    EXPECT_FALSE(until_full(young)) << "a clock that was set back";
}

TEST(UntilFull, StaysWithinATime) {
    auto endless = week(1);
    endless.free_bytes = std::uint64_t{1} << 63;
    EXPECT_GT(until_full(endless).value(), hours(100 * 365 * 24));
}

// Every limit against every other: the earliest counts, what is over leaves nothing.
TEST(Runway, TheFirstToGiveWayCounts) {
    using enum RunwayLimit;
    const std::vector<Duration> ends{-5h, 0h, 1h, hours(17 * 24), hours(400 * 24)};
    for (const auto disk : ends)
        for (const auto certificate : ends)
            for (const auto login : ends)
                for (const auto prices : ends) {
                    const std::vector<KnownEnd> known{
                        {kCertificate, kNow + certificate}, {kLogin, kNow + login}, {kPrices, kNow + prices}};
                    const auto runway = first_to_give_way(disk, known, kNow);
                    ASSERT_TRUE(runway);
                    const auto least = std::min({disk, certificate, login, prices});
                    EXPECT_EQ(runway->hours, std::max<std::int64_t>(0, least / 1h));
                    const auto expected = least == disk          ? kDisk
                                          : least == certificate ? kCertificate
                                          : least == login       ? kLogin
                                                                 : kPrices;
                    EXPECT_EQ(runway->limited_by, expected);
                }
}

TEST(Runway, IsNotKnownWithoutTheDisk) {
    const std::vector<KnownEnd> known{{RunwayLimit::kPrices, kNow + 3h}};
    EXPECT_FALSE(first_to_give_way(std::nullopt, known, kNow));
    EXPECT_EQ(first_to_give_way(5h, {}, kNow)->hours, 5);
}

TEST(Runway, ItsWordsAreTheContracts) {
    for (const auto limit : {RunwayLimit::kDisk, RunwayLimit::kCertificate, RunwayLimit::kLogin, RunwayLimit::kPrices})
        EXPECT_EQ(runway_limit(to_string(limit)), limit);
    EXPECT_FALSE(runway_limit("patience"));
}

}  // namespace
}  // namespace tillkeeper::agent
