// Hours of the day as a configuration writes them.
#include "agent/config/hours.h"

#include <gtest/gtest.h>

namespace tillkeeper::agent {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

WallTime at(const char* time) {
    return parse_rfc3339(std::string("2026-11-20T") + time + "Z").value();
}

TEST(HoursOfADay, ATimeIsRead) {
    EXPECT_EQ(parse_time_of_day("04:00"), hours(4));
    EXPECT_EQ(parse_time_of_day("23:59"), hours(23) + minutes(59));
    for (const char* wrong : {"", "4:00", "24:00", "04:60", "04.00", "never", "04:0x"})
        EXPECT_FALSE(parse_time_of_day(wrong)) << wrong;
}

TEST(HoursOfADay, AreReadAndWritten) {
    EXPECT_EQ(Hours::parse("01:00-05:30").value().text(), "01:00-05:30");
    for (const char* wrong : {"", "01:00", "01:00-", "1:00-5:00", "01:00 05:00", "01:00-25:00", "01:00-05:000"})
        EXPECT_FALSE(Hours::parse(wrong)) << wrong;
}

TEST(HoursOfADay, ContainTheirBeginningAndNotTheirEnd) {
    const auto night = Hours::parse("01:00-05:00").value();
    EXPECT_FALSE(night.contain(at("00:59:59")));
    EXPECT_TRUE(night.contain(at("01:00:00")));
    EXPECT_TRUE(night.contain(at("04:59:59")));
    EXPECT_FALSE(night.contain(at("05:00:00")));
}

TEST(HoursOfADay, GoOverMidnightOrAllDay) {
    const auto night = Hours::parse("22:30-05:00").value();
    EXPECT_TRUE(night.contain(at("23:00:00")));
    EXPECT_TRUE(night.contain(at("00:00:00")));
    EXPECT_FALSE(night.contain(at("12:00:00")));
    EXPECT_TRUE(Hours::parse("00:00-00:00").value().contain(at("12:00:00")));
}

}  // namespace
}  // namespace tillkeeper::agent
