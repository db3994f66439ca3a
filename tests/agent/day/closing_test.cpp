// When a day is over. [agent-41]
#include "agent/day/closing.h"

#include <gtest/gtest.h>

namespace tillkeeper::agent {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const StoreZone kBerlin = [](WallTime) { return Duration(hours(1)); };
constexpr minutes kFour = hours(4);

WallTime at(const char* time) {
    return parse_rfc3339(time).value();
}
std::string due(const char* now, const char* covered, minutes closes_at = kFour) {
    const auto day = day_to_close(at(now), at(covered), {kBerlin, closes_at});
    return day ? to_text(*day) : "";
}

TEST(Closing, ADayIsDueOnceByTheStoresOwnTime) {
    EXPECT_EQ(due("2026-11-21T02:59:00Z", "2026-11-20T09:00:00Z"), "") << "four o'clock is three in UTC";
    EXPECT_EQ(due("2026-11-21T03:00:00Z", "2026-11-20T09:00:00Z"), "2026-11-20");
    EXPECT_EQ(due("2026-11-21T03:01:00Z", "2026-11-21T03:00:00Z"), "");
}

TEST(Closing, AfterTheBoxWasOffTheLastDayIsMadeUpFor) {
    EXPECT_EQ(due("2026-11-25T12:00:00Z", "2026-11-20T09:00:00Z"), "2026-11-24");
}

TEST(Closing, AStoreThatClosesInTheEveningClosesThatDay) {
    EXPECT_EQ(due("2026-11-20T21:59:00Z", "2026-11-20T09:00:00Z", hours(23)), "");
    EXPECT_EQ(due("2026-11-20T22:00:00Z", "2026-11-20T09:00:00Z", hours(23)), "2026-11-20");
}

TEST(Closing, AfterMidnightItIsStillYesterday) {
    EXPECT_EQ(to_text(open_day(at("2026-11-21T01:00:00Z"), {kBerlin, kFour})), "2026-11-20");
    EXPECT_EQ(to_text(open_day(at("2026-11-21T03:00:00Z"), {kBerlin, kFour})), "2026-11-21");
    EXPECT_EQ(to_text(open_day(at("2026-11-20T22:30:00Z"), {kBerlin, hours(23)})), "2026-11-21");
}

}  // namespace
}  // namespace tillkeeper::agent
