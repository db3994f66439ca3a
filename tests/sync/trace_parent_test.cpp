#include "sync/trace_parent.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/fakes/seeded_random.h"

namespace tillkeeper::sync {
namespace {

TEST(TraceParent, KnowsTheFormOfW3c) {
    const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    EXPECT_TRUE(is_traceparent(good));
    EXPECT_TRUE(is_traceparent(good.substr(0, 53) + "00"));
    for (const std::string& bad :
         {std::string(), good + "-x", good.substr(1), "01" + good.substr(2), "00-4BF9" + good.substr(7),
          "00-" + std::string(32, '0') + good.substr(35), good.substr(0, 36) + std::string(16, '0') + good.substr(52),
          good.substr(0, 35) + "_" + good.substr(36), good.substr(0, 52) + "_01", good.substr(0, 53) + "0g"})
        EXPECT_FALSE(is_traceparent(bad)) << bad;
}

TEST(TraceParent, IsNewEachTime_AndAChildKeepsItsTrace) {
    fakes::SeededRandom random;
    std::set<std::string> traces;
    std::set<std::string> spans;
    for (int i = 0; i < 100; ++i) {
        const auto parent = new_traceparent(random);
        ASSERT_TRUE(is_traceparent(parent)) << parent;
        traces.insert(parent.substr(3, 32));
        const auto child = child_traceparent(parent, random);
        ASSERT_TRUE(is_traceparent(child)) << child;
        EXPECT_EQ(child.substr(0, 36), parent.substr(0, 36));
        EXPECT_EQ(child.substr(52), parent.substr(52));
        spans.insert(parent.substr(36, 16));
        spans.insert(child.substr(36, 16));
    }
    EXPECT_EQ(traces.size(), 100U);
    EXPECT_EQ(spans.size(), 200U);
}

}  // namespace
}  // namespace tillkeeper::sync
