// The document that headquarters gets. [agent-107]
#include "agent/heartbeat/heartbeat_json.h"

#include <gmock/gmock.h>

#include "agent/version.h"

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;

HeartbeatFacts facts() {
    HeartbeatFacts facts;
    facts.sent_at = parse_rfc3339("2026-11-23T10:00:00Z").value();
    facts.started_at = parse_rfc3339("2026-11-20T06:00:00Z").value();
    facts.schema = 7;
    facts.configuration = {{"tillkeeper.toml", "0123456789abcdef"}};
    facts.state.store = "0042";
    facts.state.state = "offline";
    facts.state.cause = "no_route";
    facts.state.since = facts.started_at;
    facts.state.safe = 133;
    return facts;
}

TEST(HeartbeatJson, OfAStoreThatHasSoldNothingYet) {
    const auto json = heartbeat_json(facts());
    EXPECT_THAT(json, testing::StartsWith(R"({"store":"0042","sent_at":"2026-11-23T10:00:00)"));
    EXPECT_THAT(json, HasSubstr(R"("version":")" + std::string(kVersion) + '"'));
    EXPECT_THAT(json, HasSubstr(R"("configuration":{"tillkeeper.toml":"0123456789abcdef"},"state":"offline")"));
    EXPECT_THAT(json, HasSubstr(R"("cause":"no_route","accepting":true)"));
    EXPECT_THAT(json, HasSubstr(R"("safe":133)"));
    EXPECT_THAT(json, HasSubstr(R"("runway":null,"journal":{"schema":7)"));
    EXPECT_THAT(json, HasSubstr(R"("manifest":null)"));
    EXPECT_THAT(json, HasSubstr(R"("box":{"model":null,"serial":null,"celsius":null,"throttled":null)"));
}

TEST(HeartbeatJson, OfAStoreThatHasAll) {
    auto all = facts();
    all.state.not_accepting = "the disk is full";
    DestinationState erp;
    erp.sync.name = "erp";
    erp.sync.state = sync::DestinationStatus::State::kWaiting;
    erp.sync.cause = "login";
    erp.behind = 12;
    erp.held = 1;
    all.state.destinations = {erp};
    all.state.copies = {{.collection = "prices", .age_seconds = 60, .stale = false}};
    all.state.runway = Runway{.hours = 400, .limited_by = RunwayLimit::kDisk};
    Manifest manifest;
    manifest.business_day = "2026-11-22";
    manifest.serial = 3;
    manifest.first = 10;
    manifest.last = 20;
    manifest.head = "ab";
    all.manifest = manifest;
    all.state.box = {.model = "A \"board\"", .serial = "S1"};
    all.state.hardware.celsius = 48.6;
    all.state.hardware.under_voltage = true;
    all.state.hardware.flash = {{.device = "mmcblk1", .used_percent = 20, .spare = SpareBlocks::kNormal},
                                {.device = "mmcblk2", .used_percent = std::nullopt, .spare = SpareBlocks::kUnknown}};
    const auto json = heartbeat_json(all);
    EXPECT_THAT(json, HasSubstr(R"("accepting":false)"));
    EXPECT_THAT(json, HasSubstr(R"("erp":{"state":"waiting","cause":"login","behind":12,"oldest_s":0,"held":1})"));
    EXPECT_THAT(json, HasSubstr(R"("copies":{"prices":{"age_s":60,"stale":false}})"));
    EXPECT_THAT(json, HasSubstr(R"("runway":{"hours":400,"limited_by":"disk"})"));
    EXPECT_THAT(json, HasSubstr(R"("manifest":{"business_day":"2026-11-22","serial":3,)"));
    EXPECT_THAT(json,
                HasSubstr(R"("model":"A \"board\"","serial":"S1","celsius":49,"throttled":null,"under_voltage":true)"));
    EXPECT_THAT(json, HasSubstr(R"({"device":"mmcblk1","used_percent":20,"spare":1})"));
    EXPECT_THAT(json, HasSubstr(R"({"device":"mmcblk2","used_percent":null,"spare":null})"));
    EXPECT_THAT(json, testing::Not(HasSubstr("the disk is full"))) << "words are for people, not for a fleet's table";
}

}  // namespace
}  // namespace tillkeeper::agent
