// What people type and scan, and what of it is searched for.
#include "sync/search_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tillkeeper::sync {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

const SearchKeyConfig kText{.field = "name"};
const SearchKeyConfig kMail{.field = "email", .normal = Normal::kFolded};
const SearchKeyConfig kCard{.field = "barcode", .member = "card_barcode", .normal = Normal::kDigits};
const SearchKeyConfig kPhone{.field = "phone", .normal = Normal::kPhone, .prefix_min = 5, .country = "49"};

std::vector<std::string> written(const std::vector<storage::SearchKey>& keys) {
    std::vector<std::string> all;
    for (const auto& key : keys) all.push_back(key.field + "=" + key.value);
    return all;
}

SearchKeyConfig phone_of(const std::string& country) {
    return {.field = "phone", .normal = Normal::kPhone, .country = country};
}

// [sync-9]
TEST(SearchKeys, ATelephoneNumberIsOneHoweverItIsWritten) {
    for (const char* text : {"+491711234567", "+49 171 1234567", "+49 (0) 171 / 123 45 67", "+49(0)171-1234567",
                             "+49 0171 1234567", "0049 171 1234567", "0049 (0)171 1234567", "0171 1234567",
                             "(0171) 1234567", "0171.123.45.67", "491711234567", " 0171 1234567 ", "171 1234567",
                             "tel:+49-171-1234567;ext=12", "0171 1234567 ext. 9", "0171 1234567 x9", "Mob 01711234567"})
        EXPECT_EQ(normalised(text, kPhone), "491711234567") << text;
}

TEST(SearchKeys, TelephoneNumbersOfOtherCountries) {
    EXPECT_EQ(normalised("+44 (0) 20 7946 0018", kPhone), "442079460018");
    EXPECT_EQ(normalised("0044 20 7946 0018", kPhone), "442079460018");
    EXPECT_EQ(normalised("+39 06 1234567", kPhone), "39061234567") << "Italy keeps its zero";
    EXPECT_EQ(normalised("06 1234567", phone_of("39")), "39061234567");
    EXPECT_EQ(normalised("(212) 555-0100", phone_of("1")), "12125550100");
    EXPECT_EQ(normalised("1-212-555-0100", phone_of("1")), "12125550100");
    EXPECT_EQ(normalised("011 44 20 7946 0018", phone_of("1")), "442079460018");
    EXPECT_EQ(normalised("0171 1234567", phone_of("")), "01711234567") << "no country to stand for the zero";
}

TEST(SearchKeys, WhatIsNoTelephoneNumberIsNotSearchedFor) {
    for (const char* text : {"", "none", "+49", "0171", "12345", "+49 171 1234567 1234567 1234567"})
        EXPECT_EQ(normalised(text, kPhone), std::nullopt) << text;
}

TEST(SearchKeys, BarcodesMailAndText) {
    EXPECT_EQ(normalised(" 2-900 017850 ", kCard), "2900017850");
    EXPECT_EQ(normalised("0012", kCard), "0012") << "leading zeros are part of a code";
    EXPECT_EQ(normalised("ABC", kCard), std::nullopt);
    EXPECT_EQ(normalised("  Ada.King@Example.ORG\n", kMail), "ada.king@example.org");
    EXPECT_EQ(normalised(" Müller ", kText), "Müller");
    EXPECT_EQ(normalised(" \t", kText), std::nullopt);
    EXPECT_TRUE(normalised(std::string(256, 'a'), kText));
    EXPECT_EQ(normalised(std::string(257, 'a'), kText), std::nullopt) << "longer than a mirror keeps";
}

TEST(SearchKeys, ARecordIsFoundByEachOfItsKeys) {
    const std::string record =
        R"({"member_id":"17850","phone":["0171 1234567","+49 30 901820","030 901820"],"email":"A@B.c","card_barcode":290017850})";
    const auto keys = written(search_keys(record, {kPhone, kMail, kCard}));
    EXPECT_THAT(keys, Contains("phone=491711234567"));
    EXPECT_THAT(keys, Contains("phone=4930901820"));
    EXPECT_EQ(std::ranges::count(keys, "phone=4930901820"), 1);
    EXPECT_THAT(keys, Contains("email=a@b.c"));
    EXPECT_THAT(keys, Contains("barcode=290017850"));
    EXPECT_THAT(keys, Contains("phone*=49171"));
    EXPECT_THAT(keys, Contains("phone*=491711234567"));
    EXPECT_EQ(std::ranges::count(keys, "phone*=4917"), 0) << "shorter than prefix_min";
}

TEST(SearchKeys, OddRecordsHaveNoKeys) {
    for (const char* record : {"{}", "[]", "7", R"({"phone":null})", R"({"phone":{"a":"0171 1234567"}})",
                               R"({"phone":true})", R"({"phone":"\u0000"})", R"({"phone":[[],{}]})"})
        EXPECT_TRUE(search_keys(record, {kPhone}).empty()) << record;
}

TEST(SearchKeys, NoRecordHasMoreKeysThanTheLimitAndExactOnesGoFirst) {
    std::string record = R"({"phone":[)";
    for (int i = 0; i < 200; ++i) record += (i == 0 ? "\"0171" : ",\"0171") + std::to_string(1000000 + i) + "\"";
    const auto keys = search_keys(record + "]}", {kPhone});
    ASSERT_EQ(keys.size(), kSearchKeysMax);
    for (const auto& key : keys) EXPECT_EQ(key.field, "phone");
}

TEST(SearchKeys, WhatATillAsksFor) {
    const std::vector<SearchKeyConfig> configs{kPhone, kMail};
    const auto asked = [&](const char* field, const char* text) {
        const auto key = asked_for(field, text, configs);
        return key ? key->field + "=" + key->value : "";
    };
    EXPECT_EQ(asked("phone", "0171/1234567"), "phone=491711234567");
    EXPECT_EQ(asked("phone", "0171*"), "phone*=49171");
    EXPECT_EQ(asked("phone", "+49 171 12*"), "phone*=4917112");
    EXPECT_EQ(asked("phone", "49171*"), "phone*=49171");
    EXPECT_EQ(asked("phone", "0171 1234567890*"), "phone*=491711234567") << "cut to the longest beginning";
    EXPECT_EQ(asked("phone", "017*"), "") << "too short";
    EXPECT_EQ(asked("email", "A@B.c"), "email=a@b.c");
    EXPECT_EQ(asked("email", "a@b*"), "") << "no beginnings configured";
    EXPECT_EQ(asked("shoe_size", "42"), "");
}

TEST(SearchKeys, WhatIsAskedForFindsTheRecord) {
    SearchKeyConfig name{.field = "name", .normal = Normal::kFolded, .prefix_min = 3};
    const auto keys = written(search_keys(R"({"name":"Jürgen Groß"})", {name}));
    EXPECT_THAT(
        keys, ElementsAre("name=jürgen groß", "name*=jür", "name*=jürg", "name*=jürge", "name*=jürgen", "name*=jürgen ",
                          "name*=jürgen g", "name*=jürgen gr", "name*=jürgen gro", "name*=jürgen groß"));
    for (const char* text : {"JüR*", "jürgen*", " Jürgen G*", "jürgen groß*"}) {
        const auto key = asked_for("name", text, {name});
        ASSERT_TRUE(key) << text;
        EXPECT_THAT(keys, Contains(key->field + "=" + key->value));
    }
}

}  // namespace
}  // namespace tillkeeper::sync
