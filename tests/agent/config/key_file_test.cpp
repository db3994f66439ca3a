#include "agent/config/key_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tillkeeper::agent {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kOne(64, 'a');
const std::string kTwo(64, '2');

TEST(KeyFile, HoldsOneRawKey) {
    const std::string raw = "0123456789abcdef\n123456789abcdef";
    EXPECT_EQ(parse_keys(raw)->current, raw);
}

TEST(KeyFile, TheFirstLineSealsTheOthersOpen) {
    const auto keys = parse_keys(kOne + "\n" + kTwo + "\r\n" + kOne);
    ASSERT_TRUE(keys);
    EXPECT_EQ(keys->current, std::string(32, '\xaa'));
    EXPECT_THAT(keys->older, SizeIs(2));
    EXPECT_EQ(keys->older[0], std::string(32, '\x22'));
}

TEST(KeyFile, WhatIsWrittenIsReadAgain) {
    const auto keys = parse_keys(kOne + "\n" + kTwo).value();
    const std::string text = key_file_text(keys);
    EXPECT_EQ(text, kOne + "\n" + kTwo + "\n");
    EXPECT_EQ(parse_keys(text)->older, keys.older);
}

TEST(KeyFile, AnythingElseIsAFaultThatShowsNoContent) {
    const std::string five = kOne + "\n" + kOne + "\n" + kOne + "\n" + kOne + "\n" + kOne;
    for (const std::string& content :
         {std::string(), std::string("\n"), kOne + "\n\n" + kTwo, kOne + "a", std::string(64, 'x'), five}) {
        const auto keys = parse_keys(content);
        ASSERT_FALSE(keys) << content;
        EXPECT_EQ(keys.error().code, ErrorCode::kInvalid);
        EXPECT_THAT(keys.error().message, Not(HasSubstr("aaaa")));
    }
}

}  // namespace
}  // namespace tillkeeper::agent
