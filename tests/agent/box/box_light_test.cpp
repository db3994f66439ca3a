// [box-1]
#include "agent/box/box_light.h"

#include <gtest/gtest.h>

namespace tillkeeper::box {
namespace {

Blink light(const std::string& state, const std::string& more = "") {
    return light_for(R"({"accepting":true,"state":")" + state + R"(","held":0,"quarantined":0)" + more + '}');
}

TEST(BoxLight, SaysWhatTheDaemonSays) {
    EXPECT_EQ(light("online"), Blink::kSteady);
    EXPECT_EQ(light("catching_up"), Blink::kSteady);
    EXPECT_EQ(light("offline"), Blink::kSlow);
    EXPECT_EQ(light("degraded"), Blink::kSlow);
}

TEST(BoxLight, SomebodyMustLook) {
    EXPECT_EQ(light_for(R"({"accepting":false,"state":"online"})"), Blink::kFast);
    EXPECT_EQ(light_for(R"({"accepting":true,"state":"online","held":1})"), Blink::kFast);
    EXPECT_EQ(light_for(R"({"accepting":true,"state":"offline","quarantined":2})"), Blink::kFast);
    EXPECT_EQ(light("offline", R"(,"runway":{"hours":23,"limited_by":"disk"})"), Blink::kFast);
    EXPECT_EQ(light("offline", R"(,"runway":{"hours":24,"limited_by":"disk"})"), Blink::kSlow);
    EXPECT_EQ(light("online", R"(,"runway":{"hours":null,"limited_by":null})"), Blink::kSteady);
}

TEST(BoxLight, WhoDoesNotAnswerIsNotWell) {
    for (const char* none : {"", "{}", "[]", "nonsense", R"({"accepting":"true"})"})
        EXPECT_EQ(light_for(none), Blink::kFast) << none;
}

}  // namespace
}  // namespace tillkeeper::box
