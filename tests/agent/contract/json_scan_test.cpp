#include "agent/contract/json_scan.h"

#include <gtest/gtest.h>

namespace tillkeeper::agent {
namespace {

using Kind = JsonFinding::Kind;

TEST(JsonScan, TakesEveryKindOfValue) {
    const auto scanned = scan_json(R"( {"a":[1,-0.5,2e3,true,false,null,"x\n\u00e4\ud83d\ude00"],"":{}} )");
    ASSERT_TRUE(scanned) << scanned.error().message;
    EXPECT_TRUE(scanned->empty());
}

TEST(JsonScan, RefusesWhatIsNotJson) {
    for (const std::string_view text : {"",
                                        " ",
                                        "{",
                                        "[1,]",
                                        "{\"a\":}",
                                        "{\"a\" 1}",
                                        "{'a':1}",
                                        "01",
                                        "1.",
                                        ".5",
                                        "+1",
                                        "1e",
                                        "nul",
                                        "NaN",
                                        "\"a",
                                        "\"\\x\"",
                                        "\"\\u12g4\"",
                                        "\"\\u12\"",
                                        "\"\t\"",
                                        "[1 2]",
                                        "{}{}",
                                        "\xEF\xBB\xBF{}",
                                        "-",
                                        "{\"a\":1,}",
                                        "\"\\"})
        EXPECT_FALSE(scan_json(text)) << text;
    EXPECT_FALSE(scan_json(std::string_view("{}\0", 3)));
    EXPECT_FALSE(scan_json(std::string_view("{\"a\":\"\0\"}", 9)));
}

TEST(JsonScan, RefusesWhatIsNotUtf8) {
    for (const std::string_view bytes : {"\x80", "\xC0\xAF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                                         "\xF4\x90\x80\x80", "\xFF", "\xF5\x80\x80\x80"})
        EXPECT_FALSE(scan_json('"' + std::string(bytes) + '"')) << bytes.size();
    EXPECT_TRUE(scan_json("\"\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80\""));
}

TEST(JsonScan, StopsAtEachLimit) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(scan_json(nested(32)));
    const auto deep = scan_json(nested(33));
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().code, ErrorCode::kLimit);
    EXPECT_FALSE(scan_json(nested(10'000)));

    EXPECT_FALSE(scan_json("[1,2,3]", {.depth_max = 8, .values_max = 3, .members_per_object_max = 8}));
    EXPECT_TRUE(scan_json("[1,2,3]", {.depth_max = 8, .values_max = 4, .members_per_object_max = 8}));
    EXPECT_FALSE(scan_json(R"({"a":1,"b":2})", {.depth_max = 8, .values_max = 9, .members_per_object_max = 1}));
}

Kind only_kind(std::string_view text, const std::string& pointer) {
    const auto scanned = scan_json(text);
    EXPECT_TRUE(scanned && scanned->size() == 1) << text;
    if (!scanned || scanned->size() != 1) return Kind::kCardNumber;
    EXPECT_EQ(scanned->front().pointer, pointer) << text;
    return scanned->front().kind;
}

TEST(JsonScan, FindsNumbersThatADoubleDoesNotKeep) {
    EXPECT_EQ(only_kind(R"({"total":9007199254740993})", "/total"), Kind::kInexactNumber);
    EXPECT_EQ(only_kind(R"([0,{"a":1e400}])", "/1/a"), Kind::kInexactNumber);
    EXPECT_EQ(only_kind("[0.12345678901234567]", "/0"), Kind::kInexactNumber);
    for (const std::string_view fine :
         {"[9007199254740992]", "[-9007199254740992]", "[0.1]", "[2.55]", "[1e3]", "[1234567890.12345]"})
        EXPECT_TRUE(scan_json(fine)->empty()) << fine;
}

TEST(JsonScan, FindsWhatReadersUnderstandDifferently) {
    EXPECT_EQ(only_kind(R"({"a":{"total":1,"x":2,"total":3}})", "/a/total"), Kind::kRepeatedMember);
    EXPECT_EQ(only_kind(R"({"total":1,"tot\u0061l":3})", "/total"), Kind::kRepeatedMember);
    EXPECT_EQ(only_kind(R"({"a/b~":["x\u0000y"]})", "/a~1b~0/0"), Kind::kNulCharacter);
    EXPECT_EQ(only_kind(R"({"a":1,"x\u0000":2})", ""), Kind::kNulCharacter) << "not at the member before it";
    EXPECT_EQ(only_kind(R"({"\u0061":["\u0000"]})", "/a/0"), Kind::kNulCharacter) << "pointers are without escapes";
    EXPECT_EQ(only_kind(R"(["\ud800"])", "/0"), Kind::kLoneSurrogate);
    EXPECT_EQ(only_kind(R"(["\ud800\u0041"])", "/0"), Kind::kLoneSurrogate);
    EXPECT_TRUE(scan_json(R"([{"a":1},{"a":2}])")->empty()) << "names repeat only within one object";
}

// [agent-10]
TEST(JsonScan, FindsCardNumbersInTextNamesNumbersAndBehindEscapes) {
    EXPECT_EQ(only_kind(R"({"lines":[{"description":"4111 1111 1111 1111"}]})", "/lines/0/description"),
              Kind::kCardNumber);
    EXPECT_EQ(only_kind(R"({"n":4111111111111111})", "/n"), Kind::kCardNumber);
    EXPECT_EQ(only_kind(R"({"x":{"4111111111111111":1}})", "/x"), Kind::kCardNumber) << "a name is not repeated";
    EXPECT_EQ(only_kind(R"(["\u0034111111111111111"])", "/0"), Kind::kCardNumber);
}

TEST(JsonScan, CountsFindingsOnlySoFar) {
    std::string many = "[";
    for (int i = 0; i < 1000; ++i) many += "1e999,";
    const auto scanned = scan_json(many + "1]");
    ASSERT_TRUE(scanned);
    EXPECT_EQ(scanned->size(), 16U);
}

}  // namespace
}  // namespace tillkeeper::agent
