// Which numbers came. [agent-40]
#include "agent/day/number_ranges.h"

#include <gmock/gmock.h>

#include <random>
#include <set>

namespace tillkeeper::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(NumberRanges, NeighboursAreOneRange) {
    NumberRanges numbers;
    for (const int number : {5, 7, 6, 10, 7}) numbers.add(number);
    EXPECT_THAT(numbers.ranges(), ElementsAre(Pair(5, 7), Pair(10, 10)));
    EXPECT_THAT(numbers.gaps(), ElementsAre(Pair(8, 9)));
    numbers.take_out(6);
    EXPECT_THAT(numbers.ranges(), ElementsAre(Pair(5, 5), Pair(7, 7), Pair(10, 10)));
}

TEST(NumberRanges, AgreesWithASet) {
    std::mt19937 random(7);
    NumberRanges numbers;
    std::set<std::int64_t> really;
    for (int i = 0; i < 2000; ++i) {
        const auto number = static_cast<std::int64_t>(random() % 300);
        if (random() % 4 == 0) {
            numbers.take_out(number);
            really.erase(number);
        } else {
            numbers.add(number);
            really.insert(number);
        }
        ASSERT_EQ(numbers.has(number), really.contains(number));
    }
    for (std::int64_t number = -1; number <= 300; ++number)
        EXPECT_EQ(numbers.has(number), really.contains(number)) << number;
}

TEST(NumberRanges, IsBoundedWhateverATillSends) {
    NumberRanges numbers;
    for (std::int64_t i = 0; i < 3000; ++i) numbers.add(i * 10);
    EXPECT_EQ(numbers.ranges().size(), NumberRanges::kRangesMax);
    EXPECT_EQ(numbers.unlisted(), 2000);
    numbers.add(1);  // what joins a range is kept all the same
    EXPECT_TRUE(numbers.has(1));
}

TEST(NumberRanges, OneThatNeverCameHasNoGaps) {
    EXPECT_THAT(NumberRanges().gaps(), IsEmpty());
}

}  // namespace
}  // namespace tillkeeper::agent
