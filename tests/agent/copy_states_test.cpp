#include "agent/copy_states.h"

#include <gtest/gtest.h>

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;

TEST(CopyStates, AreHeldAgainstWhatTheConfigurationAllows) {
    const WallTime now = *parse_rfc3339("2026-11-20T10:00:00Z");
    std::vector<sync::SourceConfig> collections(4);
    const char* names[] = {"prices", "stock", "members", "live"};
    for (std::size_t i = 0; i < collections.size(); ++i) {
        collections[i].collection = names[i];
        collections[i].url = i < 3 ? "https://cloud.example/" : "";
        collections[i].fresh = 1h;
    }
    std::vector<sync::SourceStatus> copies(2);
    copies[0].collection = "prices";
    copies[0].mirror.as_of = now - 1h;
    copies[1].collection = "stock";
    copies[1].mirror.as_of = now - 1h - 1s;

    const auto states = copy_states(collections, copies, now);
    ASSERT_EQ(states.size(), 3U) << "what is only asked live has no copy";
    EXPECT_FALSE(states[0].stale);
    EXPECT_EQ(states[0].age_seconds, 3600);
    EXPECT_TRUE(states[1].stale);
    EXPECT_TRUE(states[2].stale) << "never pulled";
    EXPECT_FALSE(states[2].age_seconds);

    const auto set_back = copy_states(collections, copies, now - 24h);
    EXPECT_EQ(set_back[0].age_seconds, 0) << "the clock was set back";
}

}  // namespace
}  // namespace tillkeeper::agent
