#include "agent/loyalty/redemption_message.h"

#include <gtest/gtest.h>

#include <string>

namespace tillkeeper::agent {
namespace {

constexpr const char* kGood = R"({"request_id":"r-4","member_id":"17850","points":100,"transaction_id":"t-1"})";

std::string with(const std::string& from, const std::string& to) {
    std::string text = kGood;
    return text.replace(text.find(from), from.size(), to);
}

TEST(RedemptionMessage, IsReadWhenEverythingIsInOrder) {
    const auto examined = examine_redemption(kGood);
    ASSERT_FALSE(examined.refusal);
    EXPECT_EQ(examined.request.request_id, "r-4");
    EXPECT_EQ(examined.request.member_id, "17850");
    EXPECT_EQ(examined.request.points, 100);
    EXPECT_EQ(examined.request.transaction_id, "t-1");
    EXPECT_FALSE(examine_redemption(with("}", R"(,"of_mine":[1,{"x":2}]})")).refusal);
}

// [agent-17]
TEST(RedemptionMessage, WhatCannotBeUsedIsRefusedWithThePlace) {
    const auto refused_at = [](const std::string& payload) {
        const auto examined = examine_redemption(payload);
        return examined.refusal == Refusal::kMalformed ? examined.problems.front().pointer : "not refused";
    };
    for (const char* points : {"0", "-1", "1.5", "1e2", "\"100\"", "null", "1000000001", "99999999999999999999"})
        EXPECT_EQ(refused_at(with(":100", std::string(":") + points)).substr(0, 7), points[0] == '9' ? "" : "/points")
            << points;
    EXPECT_EQ(refused_at(with("\"17850\"", "\"\"")), "/member_id");
    EXPECT_EQ(refused_at(with("\"17850\"", '"' + std::string(129, 'x') + '"')), "/member_id");
    EXPECT_EQ(refused_at(with("\"r-4\"", "4")), "/request_id");
    EXPECT_EQ(refused_at(with("\"t-1\"", "\"t 1\"")), "/transaction_id");
    EXPECT_EQ(refused_at("[]"), "");
    EXPECT_EQ(refused_at(""), "");
    EXPECT_EQ(refused_at(with("{", R"({"points":1,)")), "") << "which of the two counts, readers disagree";
    EXPECT_EQ(examine_redemption(std::string(5000, ' ')).refusal, Refusal::kTooLarge);
}

// [storage-10]
TEST(RedemptionMessage, ACardNumberIsRefusedAndNotRepeated) {
    const auto examined = examine_redemption(with("r-4", "4111 1111 1111 1111"));
    EXPECT_EQ(examined.refusal, Refusal::kContainsCardNumber);
    EXPECT_EQ(examined.request_id, std::nullopt);
    EXPECT_EQ(examined.problems.front().pointer, "/request_id");
}

// [agent-17]
TEST(RedemptionMessage, TheSameMemberAndTransactionHaveTheSameIdWhateverElseIsSaid) {
    const auto id = [](const std::string& payload) { return redemption_id(examine_redemption(payload).request, 0); };
    EXPECT_EQ(id(kGood), id(with("r-4", "r-5")));
    EXPECT_EQ(id(kGood), id(with("100", "200")));
    EXPECT_NE(id(kGood), id(with("17850", "17851")));
    EXPECT_NE(id(kGood), id(with("t-1", "t-2")));
    const auto request = examine_redemption(kGood).request;
    EXPECT_NE(redemption_id(request, 1), redemption_id(request, 0));
    EXPECT_TRUE(is_transaction_id(redemption_id(request, 9)));
    EXPECT_TRUE(is_transaction_id(void_id(redemption_id(request, 9))));
}

TEST(RedemptionMessage, WhatIsJournalledIsReadBack) {
    const auto request = examine_redemption(with("17850", "\\\"\\u00e9")).request;
    for (const bool live : {true, false})
        for (const std::string lease : {"", "L-1"})
            for (const std::optional<std::int64_t> balance :
                 {std::optional<std::int64_t>(), std::optional<std::int64_t>(-3)}) {
                const ApprovedRedemption approved{live, lease, request.points, balance};
                const auto read = read_redemption(redemption_body("redeem:1", request, approved, WallTime()));
                ASSERT_TRUE(read);
                EXPECT_EQ(read->live, live);
                EXPECT_EQ(read->lease, lease);
                EXPECT_EQ(read->points, request.points);
                EXPECT_EQ(read->balance, balance);
            }
    EXPECT_FALSE(read_redemption(void_body("redeem:1", request, WallTime())));
    EXPECT_FALSE(read_redemption(""));
}

}  // namespace
}  // namespace tillkeeper::agent
