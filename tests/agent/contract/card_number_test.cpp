#include "agent/contract/card_number.h"

#include <gtest/gtest.h>

#include <string>

namespace tillkeeper::agent {
namespace {

// Test numbers that the schemes publish for integrators. [agent-10]
TEST(CardNumber, IsFoundInTheFormsPeopleWriteIt) {
    for (const std::string_view text :
         {"4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "paid with 4111111111111111.",
          "5500005555555559", "2223003122003222", "371449635398431", "3714 496353 98431", "6011111111111117",
          "3530111333300000", "30569309025904", "3056 930902 5904", "6200000000000005", "x 5105105105105100 y",
          "12 4111 1111 1111 1111 99", "4222222222222", "4222 222 222 222"})
        EXPECT_TRUE(contains_card_number(text)) << text;
}

TEST(CardNumber, IsFoundWithAnythingBetweenItsGroups) {
    for (const std::string_view text :
         {"4111.1111.1111.1111", "4111/1111/1111/1111", "4111_1111_1111_1111", "4111 1111-1111.1111",
          "4111  1111\t1111\n1111", "4111 - 1111 - 1111 - 1111", "4111\u00A01111\u00A01111\u00A01111",
          "4111\u20111111\u20111111\u20111111", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "41111 11111 11111 1",
          "41111111 11111111", "(4111) 1111 1111 1111", "4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1, thanks"})
        EXPECT_TRUE(contains_card_number(text)) << text;
}

TEST(CardNumber, IsFoundBesideWordsAndInNumbers) {
    for (const std::string_view text :
         {"VISA4111111111111111", "4111111111111111EUR", "PAN:4111111111111111;", "card4111 1111 1111 1111x",
          "4111111111111111.0", "-4111111111111111", "4.111111111111111e15", "4111111111111111E0",
          "41111111111111110e-1", "+4111111111111111", "\u00e94111111111111111"})
        EXPECT_TRUE(contains_card_number(text)) << text;
}

TEST(CardNumber, LeavesOtherNumbersAlone) {
    for (const std::string_view text : {"",
                                        "4111111111111112",
                                        "411111******1111",
                                        "4006381333931",  // a GTIN-13
                                        "00000000000000",
                                        "0193485e-7a3c-7c1e-9d59-8a4f2f1b6c01",
                                        "41111111-1111-1111-1111-111111111111",
                                        "a4111111111111111b2c3",
                                        "41111111111111110000000",
                                        "2026-11-20T10:42:07.120+01:00",
                                        "2026-11-20 10:42:07.120",
                                        "0042-07-48211",
                                        "9999999999999995",
                                        "411111 1111111111 1",
                                        "4111....1111....1111....1111",
                                        "4111 and 1111 1111 1111",
                                        "DE89 3704 0044 0532 0130 00",
                                        "+49 1511 2345678",
                                        "36 38 40 42 44 46 48",
                                        "1e15"})
        EXPECT_FALSE(contains_card_number(text)) << text;
}

TEST(CardNumber, ReadsShortNumbersByTheMemberTheyStandIn) {
    EXPECT_TRUE(contains_card_number("4222222222222", "note"));
    EXPECT_TRUE(contains_card_number("4222222222222", "card"));
    for (const char* member : {"sku", "order_id", "Barcode", "receipt", "customer_phone", "id"})
        EXPECT_FALSE(contains_card_number("4222222222222", member)) << member;
    EXPECT_TRUE(contains_card_number("30569309025904", "sku")) << "no article has that check digit";
    for (const char* member : {"sku", "id", "note", ""})
        EXPECT_TRUE(contains_card_number("4111111111111111", member)) << member;
}

TEST(CardNumber, IsNotFooledByLongText) {
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "1234 ";
    EXPECT_FALSE(contains_card_number(text));
    EXPECT_TRUE(contains_card_number(text + "4111 1111 1111 1111"));
}

}  // namespace
}  // namespace tillkeeper::agent
