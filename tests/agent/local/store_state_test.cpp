#include "agent/local/store_state.h"

#include <gmock/gmock.h>

#include "agent/contract/json_scan.h"
#include "agent/local/metrics.h"
#include "agent/local/page.h"

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;

StoreState offline() {
    StoreState state;
    state.store = "0042";
    state.state = "offline";
    state.cause = "no_route";
    state.since = *parse_rfc3339("2026-11-20T10:42:00Z");
    state.safe = 133;
    DestinationState erp;
    erp.sync.name = "erp";
    erp.sync.state = sync::DestinationStatus::State::kWaiting;
    erp.sync.cause = "no_route";
    erp.sync.delivered = 7;
    erp.behind = 133;
    erp.oldest = parse_rfc3339("2026-11-20T10:42:07Z").value();
    erp.oldest_seconds = 60;
    state.destinations.push_back(erp);
    state.runway_hours = 412;
    return state;
}

TEST(StoreState, IsTheDocumentOfTheContract) {
    const auto json = to_json(offline());
    EXPECT_TRUE(scan_json(json));
    EXPECT_THAT(json,
                HasSubstr(R"("store":"0042","state":"offline","since":"2026-11-20T10:42:00Z","cause":"no_route")"));
    EXPECT_THAT(json, HasSubstr(R"("safe":133,"quarantined":0,"held":0,"differences":0)"));
    EXPECT_THAT(
        json,
        HasSubstr(
            R"("erp":{"state":"waiting","cause":"no_route","behind":133,"oldest":"2026-11-20T10:42:07Z","held":0,"eta_s":null})"));
    EXPECT_THAT(json, HasSubstr(R"("runway":{"hours":412,"limited_by":"disk"})"));
    EXPECT_THAT(to_json(StoreState{}), HasSubstr(R"("destinations":{},"runway":{"hours":null,"limited_by":null})"));
}

TEST(StoreState, SpeaksPlainly) {
    EXPECT_EQ(sentence(offline()), "Offline since 10:42 UTC. Keep selling. 133 sales are safe on this box.");
    auto one = offline();
    one.safe = 1;
    EXPECT_THAT(sentence(one), HasSubstr("1 sale is safe"));
    one.not_accepting = "the disk is full";
    EXPECT_THAT(sentence(one), HasSubstr("cannot take sales now: the disk is full"));
    EXPECT_THAT(sentence(StoreState{}), HasSubstr("Online"));
}

TEST(Metrics, AreOpenMetricsWithTheNamesOfTheContract) {
    Metrics metrics;
    metrics.answered(Outcome::kAccepted, 0.0007);
    metrics.answered(Outcome::kRefused, 0.0001);
    metrics.update(offline());
    metrics.update(offline());
    for (int i = 0; i < 2; ++i) metrics.looked_up("members", LookupOutcome::kFound, LookupSource::kMirror);
    metrics.looked_up("other", LookupOutcome::kRefused, LookupSource::kNone);
    const auto text = metrics.text();
    EXPECT_TRUE(text.ends_with("# EOF\n"));
    EXPECT_THAT(text, HasSubstr("lookups_total{collection=\"members\",outcome=\"found\",source=\"mirror\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("lookups_total{collection=\"other\",outcome=\"refused\",source=\"none\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("# TYPE tillkeeper_transactions counter\n"));
    EXPECT_THAT(text, HasSubstr("tillkeeper_transactions_total{outcome=\"accepted\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("tillkeeper_accept_seconds_bucket{le=\"0.001\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("tillkeeper_accept_seconds_bucket{le=\"+Inf\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("tillkeeper_destination_behind{destination=\"erp\"} 133\n"));
    EXPECT_THAT(text, HasSubstr("tillkeeper_deliveries_total{destination=\"erp\",result=\"delivered\"} 7\n"));
    EXPECT_THAT(text, HasSubstr("tillkeeper_online 0\n"));
    EXPECT_THAT(text, HasSubstr("# TYPE tillkeeper_build info\n"));
    for (const char* name : {"journal_entries", "journal_bytes", "destination_oldest_seconds", "destination_held",
                             "disk_free_bytes", "clock_trusted", "build_info"})
        EXPECT_THAT(text, HasSubstr("\ntillkeeper_" + std::string(name)));
}

ServerResponse get(const std::string& path, const StoreState& state, const std::string& method = "GET") {
    const Metrics metrics;
    ServerRequest request;
    request.method = method;
    request.path = path;
    return serve_page(request, state, metrics);
}

// [agent-7]
TEST(Page, HealthTellsWhetherTransactionsCanBeAcceptedAndNothingElse) {
    EXPECT_EQ(get("/healthz", offline()).status, 200) << "an outage is no illness";
    auto full = offline();
    full.not_accepting = "the disk is full";
    EXPECT_EQ(get("/healthz", full).status, 503);
    EXPECT_THAT(get("/healthz", full).body, HasSubstr("the disk is full"));
}

TEST(Page, CarriesNoCodeAndEscapesWhatItShows) {
    auto state = offline();
    state.store = "<script>";
    const auto page = get("/", state);
    EXPECT_EQ(page.status, 200);
    EXPECT_THAT(page.body, HasSubstr("Keep selling."));
    EXPECT_THAT(page.body, testing::Not(HasSubstr("<script>")));
    bool has_policy = false;
    for (const auto& [name, value] : page.headers)
        has_policy = has_policy || (name == "Content-Security-Policy" && value.starts_with("default-src 'none'"));
    EXPECT_TRUE(has_policy);
    EXPECT_EQ(get("/", state, "POST").status, 405);
    EXPECT_EQ(get("/etc/passwd", state).status, 404);
    EXPECT_EQ(get("/api/status", state).body, to_json(state));
}

}  // namespace
}  // namespace tillkeeper::agent
