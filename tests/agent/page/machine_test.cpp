#include "agent/page/machine.h"

#include <gmock/gmock.h>

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;

std::optional<ServerResponse> get(const std::string& path, const StoreState& state, const std::string& method = "GET") {
    const Metrics metrics;
    return answer_machine({.method = method, .path = path}, state, metrics);
}

StoreState offline() {
    StoreState state;
    state.store = "0042";
    state.state = "offline";
    return state;
}

// [agent-7]
TEST(MachinePaths, HealthTellsWhetherTransactionsCanBeAcceptedAndNothingElse) {
    EXPECT_EQ(get("/healthz", offline())->status, 200) << "an outage is no illness";
    auto full = offline();
    full.not_accepting = "the disk is full";
    EXPECT_EQ(get("/healthz", full)->status, 503);
    EXPECT_THAT(get("/healthz", full)->body, HasSubstr("the disk is full"));
}

TEST(MachinePaths, MetricsComeInTheFormThatIsAskedFor) {
    const auto asked = [](const std::string& accept) {
        return answer_machine({.method = "GET", .path = "/metrics", .headers = {{"accept", accept}}}, offline(),
                              Metrics());
    };
    const auto old = asked("text/plain;version=0.0.4;q=1,*/*;q=0.1");
    EXPECT_EQ(old->content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(old->body, HasSubstr("# TYPE tillkeeper_transactions_total counter\n"));
    const auto both = asked("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");
    EXPECT_THAT(both->content_type, HasSubstr("openmetrics"));
    EXPECT_TRUE(both->body.ends_with("# EOF\n"));
}

TEST(MachinePaths, AreReadOnlyAndNotMoreThanThese) {
    EXPECT_EQ(get("/api/status", offline())->body, to_json(offline()));
    EXPECT_EQ(get("/api/status", offline())->content_type, "application/json");
    EXPECT_THAT(get("/metrics", offline())->content_type, HasSubstr("openmetrics-text; version=1.0.0"));
    EXPECT_EQ(get("/metrics", offline(), "HEAD")->status, 200);
    EXPECT_EQ(get("/metrics", offline(), "POST")->status, 405);
    EXPECT_FALSE(get("/", offline()));
    EXPECT_FALSE(get("/etc/passwd", offline()));
}

}  // namespace
}  // namespace tillkeeper::agent
