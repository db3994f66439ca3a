#include "agent/lookups/request.h"

#include <gmock/gmock.h>

namespace tillkeeper::agent {
namespace {

LookupReading refused(const std::string& payload, LookupRefusal refusal) {
    auto reading = read_lookup(payload);
    EXPECT_EQ(reading.refusal, refusal) << payload;
    EXPECT_TRUE(reading.problem) << payload;
    return reading;
}

// [agent-15]
TEST(LookupRequest, IsUnderstood) {
    const auto by_key = read_lookup(R"({"request_id":"r-1","key":"17850","later":{"deep":[1]}})");
    ASSERT_FALSE(by_key.refusal);
    EXPECT_EQ(by_key.request.request_id, "r-1");
    EXPECT_EQ(by_key.request.field, "");
    EXPECT_EQ(by_key.request.text, "17850");

    const auto price = read_lookup(
        R"({"request_id":"r","by":{"sku":"85123A"},"currency":"EUR","customer_group":"staff","at":"2026-11-20T10:42:07Z"})");
    ASSERT_FALSE(price.refusal);
    EXPECT_EQ(price.request.field, "sku");
    EXPECT_EQ(price.request.text, "85123A");
    EXPECT_EQ(price.request.currency, "EUR");
    EXPECT_EQ(price.request.customer_group, "staff");
    EXPECT_EQ(price.request.at, parse_rfc3339("2026-11-20T10:42:07Z").value());
}

TEST(LookupRequest, IsRefusedWhereItIsNone) {
    for (const char* payload : {"", "{", "hello", "[1]", "\"r\"", "\xff\xfe"})
        EXPECT_EQ(refused(payload, LookupRefusal::kMalformed).request_id, std::nullopt);
    for (const char* payload :
         {R"({"request_id":"r"})", R"({"request_id":"r","key":"1","by":{"a":"1"}})", R"({"request_id":"r","key":7})",
          R"({"request_id":"r","key":""})", R"({"request_id":"r","by":{}})", R"({"request_id":"r","by":"a"})",
          R"({"request_id":"r","by":{"a":"1","b":"2"}})", R"({"request_id":"r","by":{"a":1}})",
          R"({"request_id":"r","by":{"":"1"}})", R"({"request_id":"r","by":{"a":{"b":"1"}}})",
          R"({"request_id":"r","key":"1","key":"2"})", R"({"request_id":"r","key":"a\u0000"})",
          R"({"request_id":"r","key":"\ud800"})", R"({"request_id":"r","key":"1","at":"yesterday"})",
          R"({"request_id":"r","key":"1","currency":1})", R"({"request_id":"r","key":"1","customer_group":null})"})
        EXPECT_EQ(refused(payload, LookupRefusal::kMalformed).request_id, "r") << payload;
    for (const char* payload : {R"({"key":"1"})", R"({"request_id":7,"key":"1"})", R"({"request_id":"","key":"1"})",
                                R"({"request_id":"a","request_id":"b","key":"1"})"})
        EXPECT_EQ(refused(payload, LookupRefusal::kMalformed).request_id, std::nullopt) << payload;
}

TEST(LookupRequest, HasLimits) {
    const auto with_key = [](std::size_t size) {
        return R"({"request_id":"r","key":")" + std::string(size, 'k') + "\"}";
    };
    EXPECT_FALSE(read_lookup(with_key(kLookupTextBytesMax)).refusal);
    EXPECT_EQ(refused(with_key(kLookupTextBytesMax + 1), LookupRefusal::kMalformed).problem->pointer, "/key");
    EXPECT_EQ(refused(std::string(kLookupBytesMax + 1, ' '), LookupRefusal::kTooLarge).request_id, std::nullopt);
}

// [agent-10]
TEST(LookupRequest, IsRefusedWithACardNumber) {
    const auto reading =
        refused(R"({"request_id":"r","by":{"card":"4111111111111111"}})", LookupRefusal::kContainsCardNumber);
    EXPECT_EQ(reading.request_id, "r");
    EXPECT_EQ(reading.problem->pointer, "/by/card");
    EXPECT_EQ(refused(R"({"request_id":"4111111111111111","key":"1"})", LookupRefusal::kContainsCardNumber).request_id,
              std::nullopt);
}

}  // namespace
}  // namespace tillkeeper::agent
