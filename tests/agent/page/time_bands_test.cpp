// Where outages stand in the days of the timeline.
#include "agent/page/time_bands.h"

#include <gtest/gtest.h>

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;

const WallTime kNow = parse_rfc3339("2026-11-20T11:05:00Z").value();
const Zone kBerlin = [](WallTime) { return 1h; };

Outage outage(WallTime from, std::optional<WallTime> until, const std::string& state = "offline") {
    return {.from = from, .until = until, .state = state, .cause = "", .after = 0, .sales = 0, .destinations = {}};
}

TEST(TimeBands, AreTheLastSevenDaysOfTheStore) {
    const auto bands = bands_of({}, kNow, kBerlin);
    ASSERT_EQ(bands.size(), 7U);
    EXPECT_EQ(Words::in("en").day(bands.front().noon, kBerlin), "14 Nov");
    EXPECT_EQ(Words::in("de").day(bands.back().noon, kBerlin), "20.11.");
    EXPECT_EQ(Words::in("fr").day(bands.back().noon, kBerlin), "20/11");
    const WallTime late = parse_rfc3339("2026-11-20T23:30:00Z").value();
    EXPECT_EQ(Words::in("en").day(bands_of({}, late, kBerlin).back().noon, kBerlin), "21 Nov") << "there";
}

TEST(TimeBands, AnOutageOverMidnightStandsInBothDays) {
    const std::vector all{outage(kNow - 24h, kNow - 10h)};
    const auto bands = bands_of(all, kNow, kBerlin);
    ASSERT_EQ(bands[5].pieces.size(), 1U);
    EXPECT_EQ(bands[5].pieces[0].from, 12 * 60 + 5);
    EXPECT_EQ(bands[5].pieces[0].until, kDayMinutes);
    ASSERT_EQ(bands[6].pieces.size(), 1U);
    EXPECT_EQ(bands[6].pieces[0].from, 0);
    EXPECT_EQ(bands[6].pieces[0].until, 2 * 60 + 5);
    EXPECT_EQ(bands[5].outages + bands[6].outages, 2);
    EXPECT_TRUE(bands[4].pieces.empty());
}

TEST(TimeBands, WhatGoesOnEndsNow) {
    const std::vector all{outage(kNow - 23min, std::nullopt, "degraded")};
    const auto piece = bands_of(all, kNow, kBerlin)[6].pieces.at(0);
    EXPECT_EQ(piece.until, 12 * 60 + 5);
    EXPECT_FALSE(piece.whole);
}

TEST(TimeBands, AShortOneCanBeSeenAndStaysInItsDay) {
    const WallTime last = parse_rfc3339("2026-11-19T22:59:30Z").value();  // 23:59:30 there
    const std::vector all{outage(last, last + 10s), outage(kNow - 1h, kNow - 1h + 6s)};
    const auto bands = bands_of(all, kNow, kBerlin);
    EXPECT_EQ(bands[5].pieces.at(0).until, kDayMinutes);
    EXPECT_EQ(bands[5].pieces.at(0).from, kDayMinutes - kPieceMinutesMin);
    EXPECT_EQ(bands[6].pieces.at(0).until - bands[6].pieces.at(0).from, kPieceMinutesMin);
}

TEST(TimeBands, OldAndFutureOnesAreLeftOut) {
    const std::vector all{outage(kNow - 24h * 20, kNow - 24h * 10), outage(kNow + 48h, kNow + 50h)};
    for (const auto& band : bands_of(all, kNow, kBerlin)) EXPECT_EQ(band.outages, 0);
}

}  // namespace
}  // namespace tillkeeper::agent
