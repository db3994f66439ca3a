// Each fault of a box is named, with what it means and what to do. [agent-12]
#include "agent/doctor/diagnosis.h"

#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <set>

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;

const WallTime kNow = parse_rfc3339("2026-11-21T10:00:00Z").value();

BoxFacts sound_box() {
    BoxFacts box;
    box.config_path = "tillkeeper.toml";
    box.sealing = true;
    box.data_folder = "/var/lib/tillkeeper";
    box.data_mode = 0700;
    box.disk_free_bytes = 5ULL << 30;
    box.clock_trusted = true;
    box.now = kNow;
    box.bus_tls = true;
    box.bus_port = 8883;
    box.broker_ports = {8883, 8884};
    box.certificates = {{"store CA", "", kNow + std::chrono::days(3000)}, {"broker", "", kNow + std::chrono::days(90)}};
    box.client_certificates = {{"destination_erp", kNow + std::chrono::days(90)}};
    box.logins = {{"crm", ""}};
    box.login_of = {{"crm", "crm"}};
    return box;
}

DaemonFacts sound_daemon() {
    DaemonFacts daemon;
    daemon.accepting = true;
    daemon.runway_hours = 412;
    daemon.destinations = {{"erp", "idle", "", 0}, {"crm", "delivering", "", 12}};
    return daemon;
}

TEST(Diagnosis, ASoundBoxIsFine) {
    const auto findings = diagnose(sound_box(), sound_daemon());
    EXPECT_TRUE(all_fine(findings)) << to_json(findings);
    EXPECT_THAT(to_json(findings), HasSubstr(R"({"fine":true,"checks":[{"check":"configuration","state":"fine")"));
}

struct Fault {
    std::string check;
    Health health;
    std::string found;
    std::function<void(BoxFacts&, DaemonFacts&)> break_it;
};

class BrokenBox : public testing::TestWithParam<Fault> {};

TEST_P(BrokenBox, IsNamedAloneWithMeaningAndRemedy) {
    auto box = sound_box();
    auto daemon = sound_daemon();
    GetParam().break_it(box, daemon);
    std::vector<Finding> faults;
    for (auto& finding : diagnose(box, daemon))
        if (finding.health != Health::kFine) faults.push_back(std::move(finding));
    ASSERT_EQ(faults.size(), 1U) << to_json(faults);
    EXPECT_EQ(faults[0].check, GetParam().check);
    EXPECT_EQ(faults[0].health, GetParam().health);
    EXPECT_THAT(faults[0].found, HasSubstr(GetParam().found));
    EXPECT_NE(faults[0].meaning, "");
    EXPECT_NE(faults[0].remedy, "");
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, BrokenBox,
    testing::Values(
        Fault{"configuration", Health::kBroken, "line 3", [](auto& b, auto&) { b.config_faults = {"line 3: no"}; }},
        Fault{"daemon", Health::kBroken, "nobody listens",
              [](auto&, auto& d) {
                  d = {};
                  d.fault = "nobody listens";
              }},
        Fault{"daemon", Health::kBroken, "no sales", [](auto&, auto& d) { d.accepting = false; }},
        Fault{"sealing", Health::kAttention, "off", [](auto& b, auto&) { b.sealing = false; }},
        Fault{"sealing", Health::kAttention, "unsealed", [](auto&, auto& d) { d.bodies_lie_plain = true; }},
        Fault{"clock", Health::kAttention, "1970",
              [](auto& b, auto&) {
                  b.clock_trusted = false;
                  b.now = {};
              }},
        Fault{"power", Health::kAttention, "too low", [](auto& b, auto&) { b.hardware.under_voltage = true; }},
        Fault{"disk", Health::kAttention, "100 MiB", [](auto& b, auto&) { b.disk_free_bytes = 100ULL << 20; }},
        Fault{"disk", Health::kBroken, "1 MiB", [](auto& b, auto&) { b.disk_free_bytes = 1ULL << 20; }},
        Fault{"disk", Health::kAttention, "5120 MiB", [](auto&, auto& d) { d.runway_hours = 20; }},
        Fault{"permissions", Health::kAttention, "others", [](auto& b, auto&) { b.data_mode = 0755; }},
        Fault{"permissions", Health::kAttention, "no folder", [](auto& b, auto&) { b.data_mode.reset(); }},
        Fault{"bus", Health::kBroken, "without TLS", [](auto& b, auto&) { b.bus_tls = false; }},
        Fault{"bus", Health::kAttention, "without TLS",
              [](auto& b, auto&) {
                  b.bus_tls = false;
                  b.bus_on_this_box = true;
              }},
        Fault{"bus port", Health::kBroken, "listens on 8885, the configuration says 8883",
              [](auto& b, auto&) {
                  b.bus_on_this_box = true;
                  b.broker_ports = {8885, 8884};
              }},
        Fault{"certificate of the broker", Health::kAttention, "2026-12-01",
              [](auto& b, auto&) { b.certificates[1].until = kNow + std::chrono::days(10); }},
        Fault{"certificate of the broker", Health::kBroken, "2026-11-20",
              [](auto& b, auto&) { b.certificates[1].until = kNow - std::chrono::days(1); }},
        Fault{"client certificate of destination_erp", Health::kAttention, "2026-12-01",
              [](auto& b, auto&) { b.client_certificates["destination_erp"] = kNow + std::chrono::days(10); }},
        Fault{"client certificate of destination_erp", Health::kBroken, "2026-11-20",
              [](auto& b, auto&) { b.client_certificates["destination_erp"] = kNow - std::chrono::days(1); }},
        Fault{"certificate of the store CA", Health::kBroken, "not there",
              [](auto& b, auto&) { b.certificates[0].fault = "ca.pem is not there"; }},
        Fault{"destination erp", Health::kAttention, "login",
              [](auto&, auto& d) { d.destinations[0] = {"erp", "waiting", "login", 7}; }},
        Fault{"login crm", Health::kAttention, "not enrolled",
              [](auto& b, auto&) { b.logins["crm"] = "this box is not enrolled: tillkeeper enroll crm"; }},
        Fault{"destination crm", Health::kAttention, "20000 behind",
              [](auto&, auto& d) { d.destinations[1].behind = 20'000; }},
        Fault{"queue", Health::kAttention, "2 quarantined, 1 held",
              [](auto&, auto& d) {
                  d.quarantined = 2;
                  d.held = 1;
              }},
        Fault{"tills", Health::kAttention, "till 7: 3 numbers", [](auto&, auto& d) { d.missing = {{"7", 3}}; }}));

TEST(Diagnosis, AStoppedDaemonHidesNothingThatTheBoxItselfTells) {
    auto box = sound_box();
    box.sealing = false;
    DaemonFacts daemon;
    daemon.fault = "nobody listens";
    const auto findings = diagnose(box, daemon);
    EXPECT_THAT(to_json(findings), HasSubstr(R"("check":"sealing","state":"attention")"));
}

TEST(Diagnosis, EveryCauseOfTheContractHasARemedyOfItsOwn) {
    std::set<std::string> remedies;
    for (const auto* cause :
         {"no_link", "no_route", "no_dns", "captive_portal", "by_staff", "tls", "login", "service"}) {
        auto daemon = sound_daemon();
        daemon.destinations = {{"erp", "waiting", cause, 1}};
        for (const auto& finding : diagnose(sound_box(), daemon))
            if (finding.check == "destination erp") remedies.insert(finding.remedy);
    }
    EXPECT_EQ(remedies.size(), 8U);
}

TEST(Diagnosis, ADestinationThatAPersonEnrollsSaysSoWhereItsLoginFails) {
    auto daemon = sound_daemon();
    for (auto& each : daemon.destinations) each = {each.name, "waiting", "login", 1};
    std::map<std::string, std::string> remedies;
    for (const auto& finding : diagnose(sound_box(), daemon)) remedies[finding.check] = finding.remedy;
    EXPECT_THAT(remedies["destination crm"], HasSubstr("tillkeeper enroll crm"));
    EXPECT_THAT(remedies["destination erp"], testing::Not(HasSubstr("enroll")));
}

}  // namespace
}  // namespace tillkeeper::agent
