#include "agent/local/store_state.h"

#include <gmock/gmock.h>

#include "agent/contract/json_scan.h"
#include "agent/local/metrics.h"

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

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
    state.runway = {412, RunwayLimit::kDisk};
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
    EXPECT_THAT(text, HasSubstr("tillkeeper_accept_seconds_bucket{le=\"0.0005\"} 1\n"));
    EXPECT_THAT(metrics.plain_text(), HasSubstr("tillkeeper_accept_seconds_bucket{le=\"0.0005\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("tillkeeper_accept_seconds_bucket{le=\"+Inf\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("tillkeeper_destination_behind{destination=\"erp\"} 133\n"));
    EXPECT_THAT(text, HasSubstr("tillkeeper_deliveries_total{destination=\"erp\",result=\"delivered\"} 7\n"));
    EXPECT_THAT(text, HasSubstr("tillkeeper_online 0\n"));
    EXPECT_THAT(text, HasSubstr("# TYPE tillkeeper_build info\n"));
    for (const char* name : {"journal_entries", "journal_bytes", "destination_oldest_seconds", "destination_held",
                             "disk_free_bytes", "clock_trusted", "build_info"})
        EXPECT_THAT(text, HasSubstr("\ntillkeeper_" + std::string(name)));
}

TEST(Metrics, TellWhatAlertsStandOn) {
    Metrics metrics;
    metrics.started(*parse_rfc3339("2026-11-20T10:00:00Z"), 7);
    EXPECT_THAT(metrics.text(), HasSubstr("tillkeeper_refusals_total{problem=\"storage_full\"} 0\n"));
    metrics.refused(Refusal::kStorageFull);
    auto state = offline();
    state.quarantined = 2;
    state.quarantined_seconds = 90;
    state.destinations[0].held = 1;
    state.destinations[0].held_seconds = 30;
    state.destinations[0].sync.times.count(std::chrono::milliseconds(100));
    state.destinations[0].sync.times.count(std::chrono::hours(24 * 30));
    state.copies = {{"prices", 60, false}, {"stock", {}, true}};
    for (int i = 0; i < 2; ++i) metrics.update(state);
    auto text = metrics.text();
    for (const char* line :
         {R"(process_start_time_seconds 1795168800)", R"(tillkeeper_schema_version 7)", R"(tillkeeper_accepting 1)",
          R"(tillkeeper_refusals_total{problem="storage_full"} 1)", R"(tillkeeper_quarantined 2)",
          R"(tillkeeper_quarantined_oldest_seconds 90)",
          R"(tillkeeper_destination_held_oldest_seconds{destination="erp"} 30)",
          R"(tillkeeper_destination_waiting{cause="no_route",destination="erp"} 1)",
          R"(tillkeeper_delivery_seconds_bucket{destination="erp",le="0.1"} 1)",
          R"(tillkeeper_delivery_seconds_count{destination="erp"} 2)",
          R"(tillkeeper_delivery_seconds_sum{destination="erp"} 2592000.1)", R"(tillkeeper_offline 1)",
          R"(tillkeeper_runway_seconds 1483200)", R"(tillkeeper_copy_age_seconds{collection="prices"} 60)",
          R"(tillkeeper_copy_stale{collection="stock"} 1)"})
        EXPECT_THAT(text, HasSubstr("\n" + std::string(line) + "\n"));
    EXPECT_THAT(text, Not(HasSubstr("copy_age_seconds{collection=\"stock\"}")));

    state.destinations[0].sync.state = sync::DestinationStatus::State::kIdle;
    state.destinations[0].sync.cause.clear();
    state.runway.reset();
    state.not_accepting = "the disk is full";
    metrics.update(state);
    text = metrics.text();
    EXPECT_THAT(text, HasSubstr("\ntillkeeper_destination_waiting{cause=\"\",destination=\"erp\"} 0\n"));
    EXPECT_THAT(text, Not(HasSubstr("no_route"))) << "only the cause of now";
    EXPECT_THAT(text, HasSubstr("\ntillkeeper_runway_seconds NaN\n")) << "nobody knows";
    EXPECT_THAT(text, HasSubstr("\ntillkeeper_accepting 0\n"));
}

}  // namespace
}  // namespace tillkeeper::agent
