#include "agent/cli/json_patch.h"

#include <gtest/gtest.h>

#include "agent/cli/json_view.h"
#include "agent/cli/repair.h"

namespace tillkeeper::cli {
namespace {

std::string patched(const std::string& transaction, const std::string& patch) {
    auto made = patched_transaction(R"({"entry":{"transaction":)" + transaction + "}}", patch);
    return made ? *made : "fault: " + made.error().message;
}

TEST(JsonPatch, AddsRemovesReplacesTests) {
    const std::string sale = R"({"total":1,"lines":[{"sku":"A"},{"sku":"B"}],"a/b":0})";
    EXPECT_EQ(patched(sale, R"([{"op":"replace","path":"/lines/1/sku","value":"C"}])"),
              R"({"total":1,"lines":[{"sku":"A"},{"sku":"C"}],"a/b":0})");
    EXPECT_EQ(patched(sale, R"([{"op":"replace","path":"/total","value":{"x":[2]}}])"),
              R"({"total":{"x":[2]},"lines":[{"sku":"A"},{"sku":"B"}],"a/b":0})");
    EXPECT_EQ(patched(sale, R"([{"op":"remove","path":"/lines/0"},{"op":"remove","path":"/a~1b"}])"),
              R"({"total":1,"lines":[{"sku":"B"}]})");
    EXPECT_EQ(patched(sale, R"([{"op":"add","path":"/lines/-","value":3},{"op":"add","path":"/lines/0","value":4}])"),
              R"({"total":1,"lines":[4,{"sku":"A"},{"sku":"B"},3],"a/b":0})");
    EXPECT_EQ(
        patched(sale, R"([{"op":"add","path":"/total","value":9},{"op":"test","path":"/lines/0/sku","value":"A"}])"),
        R"({"lines":[{"sku":"A"},{"sku":"B"}],"a/b":0,"total":9})");
}

TEST(JsonPatch, SaysWhichOperationDoesNotFit) {
    for (const char* patch :
         {R"([{"op":"remove","path":"/none"}])", R"([{"op":"test","path":"/total","value":2}])",
          R"([{"op":"replace","path":"/lines/9","value":2}])", R"([{"op":"add","path":"/lines/9","value":2}])",
          R"([{"op":"move","path":"/total","from":"/lines"}])", R"([{"path":"/total"}])",
          R"([{"op":"add","path":"","value":1}])", R"([{"op":"add","path":"/x/y","value":1}])"})
        EXPECT_NE(patched(R"({"total":1,"lines":[]})", patch).find("operation 0"), std::string::npos) << patch;
    EXPECT_NE(patched("{}", "nonsense").find("RFC 6902"), std::string::npos);
}

}  // namespace
}  // namespace tillkeeper::cli
