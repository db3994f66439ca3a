#include "sync/json_slices.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace tillkeeper::sync {
namespace {

TEST(JsonSlices, KnowsWhatJsonIs) {
    for (const char* text : {"0", "-0.5e+3", " null ", "\"\\u00e9\\n\"", "[]", "[1,[2,{}]]",
                             R"({"a":{"b":[true,false]}})", "\"ü\"", "[\n1 , 2\t]"})
        EXPECT_TRUE(is_json(text)) << text;
    for (const char* text :
         {"",      " ",          "01",          "1.",     "+1",   "-",        "1e",           "nul",
          "\"",    "\"\\x\"",    "\"\\u12g4\"", "\"\n\"", "[",    "[1,]",     "[1 2]",        "{\"a\"}",
          "{a:1}", "{\"a\":1,}", "{\"a\":}",    "200 OK", "[1]]", "\"\xFF\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"",
          "<html>"})
        EXPECT_FALSE(is_json(text)) << text;
    EXPECT_TRUE(is_json(std::string(60, '[') + std::string(60, ']')));
    EXPECT_FALSE(is_json(std::string(1000000, '[')));
}

TEST(JsonSlices, PiecesLieWhereTheyWere) {
    const std::string text = R"( { "a" : [1,"]}"] , "b\"c":{"x":"\\"}, "d":-1.5e3 } )";
    std::vector<std::string> pieces;
    for (JsonPieces members(text); members.next();)
        pieces.push_back(std::string(members.name()) + "=" + std::string(members.value()));
    EXPECT_EQ(pieces, (std::vector<std::string>{R"("a"=[1,"]}"])", R"("b\"c"={"x":"\\"})", R"("d"=-1.5e3)"}));
    EXPECT_EQ(json_member(text, "b\"c"), R"({"x":"\\"})");
    EXPECT_EQ(json_member(text, "none"), "");
    EXPECT_EQ(json_member(R"({"a":1,"\u0061":2})", "a"), "2");
    EXPECT_EQ(json_member("[1]", "a"), "");
    JsonPieces none("7");
    EXPECT_FALSE(none.next());
}

TEST(JsonSlices, WholeNumbers) {
    EXPECT_EQ(json_integer("0"), 0);
    EXPECT_EQ(json_integer("-17"), -17);
    EXPECT_EQ(json_integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
    for (const char* text : {"", "-", "9223372036854775808", "1.0", "1e3", "+1", " 1", "1 ", "\"1\"", "null"})
        EXPECT_FALSE(json_integer(text)) << text;
}

TEST(JsonSlices, StringsAndKeys) {
    EXPECT_EQ(json_string(R"("a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00ü")"), "a\"\\/\b\f\n\r\té😀ü");
    EXPECT_EQ(json_string(R"("\u0000")"), std::nullopt);
    EXPECT_EQ(json_string(R"("\ud83d")"), std::nullopt);
    EXPECT_EQ(json_string(R"("\ude00x")"), std::nullopt);
    EXPECT_EQ(json_string("7"), std::nullopt);
    EXPECT_EQ(json_key("17850"), "17850");
    EXPECT_EQ(json_key("12345678901234567890"), "12345678901234567890") << "not through a double";
    EXPECT_EQ(json_key("1.5"), std::nullopt);
    EXPECT_EQ(json_key("null"), std::nullopt);
    EXPECT_EQ(json_key(""), std::nullopt);
}

}  // namespace
}  // namespace tillkeeper::sync
