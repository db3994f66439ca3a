#include "tests/till/tally.h"

#include <gtest/gtest.h>

#include "tests/till/answer.h"

namespace tillkeeper::till {
namespace {

TEST(Latencies, QuantilesAreWithinThreePercent) {
    Latencies latencies;
    EXPECT_EQ(latencies.quantile_us(0.5), 0);
    for (int us = 1; us <= 100'000; ++us) latencies.add(Duration(us));
    EXPECT_NEAR(static_cast<double>(latencies.quantile_us(0.50)), 50'000, 1'700);
    EXPECT_NEAR(static_cast<double>(latencies.quantile_us(0.99)), 99'000, 3'200);
}

TEST(Latencies, TakesAnything) {
    Latencies latencies;
    latencies.add(Duration(-5));
    latencies.add(std::chrono::hours(24 * 365));
    EXPECT_EQ(latencies.quantile_us(0), 0);
    EXPECT_GT(latencies.quantile_us(0.9), 0);
}

TEST(Answer, ReadsWhatTheContractSays) {
    const auto accepted = read_answer(
        R"({"reply_to":"transaction","id":"a","outcome":"accepted","journal_number":90210,"hash":"6f1c","problems":[]})");
    ASSERT_TRUE(accepted);
    EXPECT_EQ(accepted->outcome, Outcome::kAccepted);
    EXPECT_EQ(accepted->journal_number, 90210);
    EXPECT_EQ(accepted->hash, "6f1c");

    const auto busy = read_answer(
        R"({"reply_to":"transaction","id":null,"outcome":"refused","problem":"busy","retry_after_ms":250})");
    ASSERT_TRUE(busy);
    EXPECT_EQ(busy->id, "");
    EXPECT_EQ(busy->retry_after, std::chrono::milliseconds(250));
    EXPECT_FALSE(read_answer(R"({"reply_to":"transaction","outcome":"refused","retry_after_ms":null})")->retry_after);
    for (const char* other : {"", "nonsense", "[]", R"({"reply_to":"lookup","outcome":"accepted"})",
                              R"({"reply_to":"transaction","id":"a","outcome":"eaten"})"})
        EXPECT_FALSE(read_answer(other)) << other;
}

}  // namespace
}  // namespace tillkeeper::till
