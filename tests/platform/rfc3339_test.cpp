#include <gtest/gtest.h>

#include "platform/clock.h"

namespace tillkeeper {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

std::string through(std::string_view text) {
    const auto time = parse_rfc3339(text);
    return time ? to_rfc3339(*time, true) : "invalid";
}

TEST(Rfc3339, ReadsAndWrites) {
    EXPECT_EQ(through("2026-11-20T10:42:07Z"), "2026-11-20T10:42:07.000Z");
    EXPECT_EQ(through("2026-11-20t10:42:07z"), "2026-11-20T10:42:07.000Z");
    EXPECT_EQ(through("2026-11-20 10:42:07Z"), "2026-11-20T10:42:07.000Z");
    EXPECT_EQ(through("2026-11-20T10:42:07.120+01:00"), "2026-11-20T09:42:07.120Z");
    EXPECT_EQ(through("2026-11-20T00:10:00+05:45"), "2026-11-19T18:25:00.000Z");
    EXPECT_EQ(through("2026-12-31T23:30:00-02:00"), "2027-01-01T01:30:00.000Z");
    EXPECT_EQ(through("2026-11-20T10:42:07-00:00"), "2026-11-20T10:42:07.000Z");
    EXPECT_EQ(through("2024-02-29T12:00:00Z"), "2024-02-29T12:00:00.000Z");
    EXPECT_EQ(through("1969-12-31T23:59:59.5Z"), "1969-12-31T23:59:59.500Z");
    EXPECT_EQ(through("0000-01-01T00:00:00Z"), "0000-01-01T00:00:00.000Z");
    EXPECT_EQ(through("9999-12-31T23:59:59.999Z"), "9999-12-31T23:59:59.999Z");
    EXPECT_EQ(through("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000Z");
}

TEST(Rfc3339, KeepsMicrosecondsAndCutsWhatIsFiner) {
    const WallTime base = sys_days(std::chrono::year{2026} / 11 / 20);
    EXPECT_EQ(parse_rfc3339("2026-11-20T00:00:00.000001Z").value(), base + 1us);
    EXPECT_EQ(parse_rfc3339("2026-11-20T00:00:00.1Z").value(), base + 100ms);
    EXPECT_EQ(parse_rfc3339("2026-11-20T00:00:00.123456999999999999999Z").value(), base + 123456us);
    EXPECT_EQ(to_rfc3339(base + 1999us, true), "2026-11-20T00:00:00.001Z");
    EXPECT_EQ(to_rfc3339(base + 999999us), "2026-11-20T00:00:00Z");
    EXPECT_EQ(to_rfc3339(base - 1us, true), "2026-11-19T23:59:59.999Z");
}

TEST(Rfc3339, RefusesEverythingElse) {
    for (const std::string_view text : {"",
                                        "2026",
                                        "2026-11-20",
                                        "2026-11-20T10:42:07",
                                        "2026-11-20T10:42Z",
                                        "2026-11-20T10:42:07.Z",
                                        "2026-11-20T10:42:07,5Z",
                                        "2026-13-20T10:42:07Z",
                                        "2026-00-20T10:42:07Z",
                                        "2026-11-31T10:42:07Z",
                                        "2026-11-00T10:42:07Z",
                                        "2025-02-29T10:42:07Z",
                                        "2026-11-20T24:00:00Z",
                                        "2026-11-20T10:60:07Z",
                                        "2026-11-20T10:42:61Z",
                                        "2026-11-20T10:42:07+24:00",
                                        "2026-11-20T10:42:07+01:60",
                                        "2026-11-20T10:42:07+0100",
                                        "2026-11-20T10:42:07+1:00",
                                        "2026-11-20T10:42:07ZZ",
                                        " 2026-11-20T10:42:07Z",
                                        "2026-11-20T10:42:07Z ",
                                        "26-11-20T10:42:07Z",
                                        "-026-11-20T10:42:07Z",
                                        "2026-11-20T-1:42:07Z",
                                        "12026-11-20T10:42:07Z",
                                        "2026/11/20T10:42:07Z",
                                        "2026-11-20X10:42:07Z"})
        EXPECT_EQ(through(text), "invalid") << text;
    EXPECT_EQ(parse_rfc3339("tomorrow").error().code, ErrorCode::kInvalid);
}

TEST(Rfc3339, GoesThroughEveryDayOfFourCenturies) {
    const auto first = sys_days(std::chrono::year{1900} / 1 / 1);
    for (auto day = first; day < sys_days(std::chrono::year{2300} / 1 / 1); day += std::chrono::days(1)) {
        const WallTime time = day + 12h + 34min + 56s + 789ms;
        ASSERT_EQ(parse_rfc3339(to_rfc3339(time, true)).value(), time);
    }
}

}  // namespace
}  // namespace tillkeeper
