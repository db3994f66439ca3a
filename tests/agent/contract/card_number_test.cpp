#include "agent/contract/card_number.h"

#include <gtest/gtest.h>

namespace tillkeeper::agent {
namespace {

// Test numbers that the schemes publish for integrators. [agent-10]
TEST(CardNumber, IsFoundInTheFormsPeopleWriteIt) {
    for (const std::string_view text :
         {"4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "paid with 4111111111111111.",
          "5500005555555559", "2223003122003222", "371449635398431", "3714 496353 98431", "6011111111111117",
          "3530111333300000", "30569309025904", "3056 930902 5904", "6200000000000005", "x 5105105105105100 y",
          "12 4111 1111 1111 1111 99"})
        EXPECT_TRUE(contains_card_number(text)) << text;
}

TEST(CardNumber, LeavesOtherNumbersAlone) {
    for (const std::string_view text :
         {"", "4111111111111112", "411111******1111", "4006381333931",  // a GTIN-13
          "00000000000000", "0193485e-7a3c-7c1e-9d59-8a4f2f1b6c01", "41111111-1111-1111-1111-111111111111",
          "a4111111111111111", "4111111111111111b", "4111_1111_1111_1111", "41111111111111110000000",
          "4111 1111-1111 1111", "2026-11-20T10:42:07.120+01:00", "0042-07-48211", "9999999999999995"})
        EXPECT_FALSE(contains_card_number(text)) << text;
}

TEST(CardNumber, IsNotFooledByLongText) {
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "1234 ";
    EXPECT_FALSE(contains_card_number(text));
    EXPECT_TRUE(contains_card_number(text + "4111 1111 1111 1111"));
}

}  // namespace
}  // namespace tillkeeper::agent
