#include "agent/bus_guard/flood_guard.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "agent/bus_guard/locked_out.h"

namespace tillkeeper::bus_guard {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kSale = 1200;
const FloodLimits kLimits;

class FloodGuardTest : public ::testing::Test {
  protected:
    Verdict say(const std::string& till = "till-1", std::size_t bytes = kSale) {
        return guard_.said(till, kMessageCost, bytes, now_);
    }
    // Says so much in a second; the first verdict that is neither to take nor to drop.
    Verdict flood(int per_second, seconds how_long, std::size_t bytes = kSale) {
        for (int i = 0; i < per_second * how_long.count(); ++i) {
            now_ += Duration(seconds(1)) / per_second;
            const auto verdict = say("till-1", bytes);
            taken_ += verdict == Verdict::kTake;
            if (verdict != Verdict::kTake && verdict != Verdict::kDrop) return verdict;
        }
        return Verdict::kTake;
    }

    FloodGuard guard_;
    MonotonicTime now_{seconds(1'000'000)};
    int taken_ = 0;
};

TEST_F(FloodGuardTest, WhoWaitsForAnswersIsNeverHitHoweverFastTheyCome) {  // [packaging-14]
    // 50,000 sales of an outage, a thousand unanswered all the time, 20,000 a second.
    int unanswered = 0;
    for (int i = 0; i < 50'000; ++i) {
        if (unanswered == 1000) guard_.answered("till-1"), --unanswered;
        now_ += Duration(50);
        ASSERT_EQ(say(), Verdict::kTake) << i;
        ++unanswered;
    }
}

TEST_F(FloodGuardTest, AnAgentThatIsAwayForAnHourCostsAnHonestTillNothing) {  // [packaging-14]
    // A thousand unanswered, said again every five seconds, and nobody answers.
    for (int round = 0; round < 720; ++round) {
        for (int i = 0; i < 1000; ++i) ASSERT_EQ(say(), Verdict::kTake) << round;
        now_ += seconds(5);
    }
}

TEST_F(FloodGuardTest, ALostConnectionMakesATillSayAllUnansweredAgainAtOnce) {  // [packaging-14]
    for (int i = 0; i < 2000; ++i) ASSERT_EQ(say(), Verdict::kTake) << i;
}

TEST_F(FloodGuardTest, FiftyThousandASecondAreCutOffInAFractionOfASecond) {  // [packaging-14]
    const auto began = now_;
    EXPECT_EQ(flood(50'000, seconds(1)), Verdict::kCutOff);
    EXPECT_LT(now_ - began, milliseconds(300));
    EXPECT_LT(taken_, 3000);
    EXPECT_EQ(say(), Verdict::kLocked);
    EXPECT_EQ(say("till-2"), Verdict::kTake) << "others are not meant";
    EXPECT_EQ(guard_.locked_for("till-1", now_), seconds(30));
    EXPECT_EQ(guard_.locked(now_).size(), 1U);
}

TEST_F(FloodGuardTest, AFloodOfLargeMessagesIsAFloodToo) {  // [packaging-14]
    EXPECT_EQ(flood(500, seconds(4), 200'000), Verdict::kCutOff);
    EXPECT_LT(taken_ * 200'000.0, 40e6);
}

TEST_F(FloodGuardTest, AStoresLargestReceiptsAreNoFlood) {  // [packaging-14]
    EXPECT_EQ(flood(20, seconds(60), 150'000), Verdict::kTake);
    EXPECT_EQ(taken_, 1200);
}

TEST_F(FloodGuardTest, WhoSaysALittleTooMuchLosesItButIsNotCutOff) {  // [packaging-14]
    EXPECT_EQ(flood(1400, seconds(600)), Verdict::kTake);
    EXPECT_LT(taken_, 1400 * 600);
}

TEST_F(FloodGuardTest, EachLockOutIsTwiceAsLongUpToTenMinutes) {  // [packaging-14]
    for (const int longer : {30, 60, 120, 240, 480, 600, 600}) {
        const seconds expected(longer);
        ASSERT_EQ(flood(50'000, seconds(2)), Verdict::kCutOff);
        EXPECT_EQ(guard_.locked_for("till-1", now_), expected);
        now_ += expected;
        EXPECT_EQ(guard_.locked_for("till-1", now_), Duration{});
    }
    now_ += kLimits.good_again;
    ASSERT_EQ(flood(50'000, seconds(2)), Verdict::kCutOff);
    EXPECT_EQ(guard_.locked_for("till-1", now_), seconds(30)) << "an hour without another";
}

TEST_F(FloodGuardTest, SubscriptionsCostMore) {  // [packaging-14]
    int taken = 0;
    while (guard_.said("till-1", kSubscriptionCost, 0, now_) == Verdict::kTake) ++taken;
    EXPECT_EQ(taken, 250);
}

TEST(LockedOut, IsWrittenForWhoeverLists) {  // [packaging-14]
    std::string pattern = (std::filesystem::temp_directory_path() / "locked-XXXXXX").string();
    const std::string folder = ::mkdtemp(pattern.data());
    EXPECT_TRUE(read_locked_out(folder).empty());
    EXPECT_FALSE(write_locked_out(folder + kLockedOutFile, {}, WallTime{})) << "there is no such folder";
    std::filesystem::create_directory(folder + "/guard");
    ASSERT_TRUE(write_locked_out(folder + kLockedOutFile, {{"till-1", milliseconds(1500)}}, WallTime{}));
    EXPECT_EQ(read_locked_out(folder), (std::map<std::string, std::string>{{"till-1", "1970-01-01T00:00:02Z"}}));
    ASSERT_TRUE(write_locked_out(folder + kLockedOutFile, {}, WallTime{}));
    EXPECT_TRUE(read_locked_out(folder).empty());
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tillkeeper::bus_guard
