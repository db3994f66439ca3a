#include "agent/cli/till_kick.h"

#include <gtest/gtest.h>

namespace tillkeeper::cli {
namespace {

TEST(TillKick, OnlyTheAnswerToItsOwnOrderCounts) {  // [packaging-12]
    const auto said = [](const char* words) { return answer_to("ours", words); };
    EXPECT_FALSE(said(R"({"responses":[{"command":"deleteClient","correlationData":"theirs"}]})"));
    EXPECT_FALSE(said(R"({"responses":[{"command":"createClient","correlationData":"ours"}]})"));
    EXPECT_FALSE(said(R"({"responses":[{"command":"deleteClient"}]})"));
    EXPECT_FALSE(said("deleteClient ours"));
    const auto done = said(R"({"responses":[{"command":"createClient"},
                                            {"command":"deleteClient","correlationData":"ours"}]})");
    ASSERT_TRUE(done);
    EXPECT_TRUE(done->has_value());
    const auto failed =
        said(R"({"responses":[{"command":"deleteClient","error":"Client not found","correlationData":"ours"}]})");
    ASSERT_TRUE(failed);
    ASSERT_FALSE(*failed);
    EXPECT_EQ(failed->error().message, "the broker says: Client not found");
}

}  // namespace
}  // namespace tillkeeper::cli
