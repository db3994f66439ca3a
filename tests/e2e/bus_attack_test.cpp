// A hostile till, and strangers, against the real broker and agent: what it cannot do, and that others go on selling.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/e2e/bus_client.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/raw_bus.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

constexpr std::size_t kBrokerBytesMax = std::size_t{128} << 20;
constexpr std::size_t kAgentBytesMax = std::size_t{256} << 20;
const std::string kTills = "tillkeeper/v1/tills/";

class BusAttack : public ::testing::Test {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.name = "tillkeeper-bus-attack", .tills = 3});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
    }
    [[nodiscard]] till::BrokerAddress tls() const {
        return {.host = "127.0.0.1", .port = lab_->broker().tls_port(), .ca_file = lab_->broker().ca_file().string()};
    }
    static till::BrokerUser user(const std::string& name) { return {name, Broker::password_of(name)}; }
    [[nodiscard]] RawBus raw() const { return RawBus(lab_->broker().port()); }

    bool sells_within(BusClient& honest, std::chrono::milliseconds limit) {
        const auto number = std::to_string(++sales_);
        honest.publish(kTills + "till-2/transactions", R"({"id":"s-)" + number + R"(","type":"sale","till_sequence":)" +
                                                           number +
                                                           R"(,"occurred_at":"2026-11-20T10:42:07Z","total":1530})");
        const auto answered = [&](const std::string& words) {
            return words.contains("\"id\":\"s-" + number + '"') && words.contains(R"("outcome":"accepted")");
        };
        return honest.turn_until([&] { return std::ranges::any_of(honest.heard(), answered); }, limit);
    }
    void sell(BusClient& honest) { EXPECT_TRUE(sells_within(honest, std::chrono::seconds(30))); }
    void expect_bounded() {
        EXPECT_LT(lab_->broker().process()->resident_bytes(), kBrokerBytesMax);
        EXPECT_LT(lab_->agent().process()->resident_bytes(), kAgentBytesMax);
    }

    std::unique_ptr<Lab> lab_;
    int sales_ = 0;
};

TEST_F(BusAttack, ForeignTopicsAreClosedHoweverTheyAreTried) {  // [packaging-8]
    BusClient victim(tls(), user("till-2"));
    victim.subscribe("tillkeeper/v1/#");
    {
        BusClient will(tls(), user("till-1"), {kTills + "till-2/presence", "forged will"});
        will.vanish();
    }
    BusClient thief(tls(), user("till-1"));
    ASSERT_TRUE(thief.granted());
    for (const char* filter : {"#", "+/+/+/+/+", "tillkeeper/v1/tills/+/transactions", "tillkeeper/v1/tills/till-2/#",
                               "$share/g/tillkeeper/v1/tills/+/transactions", "$share/g/#", "$CONTROL/#", "$SYS/#"})
        thief.subscribe(filter);
    for (const char* topic : {"tills/till-2/presence", "tills/till-2/replies", "tills/till-2/transactions", "status",
                              "tills/tillkeeper/presence", "tills/till-1/../till-2/replies", "tills/till-2"}) {
        thief.publish("tillkeeper/v1/" + std::string(topic), "forged", true);
        thief.publish("tillkeeper/v1/" + std::string(topic), "forged");
    }
    thief.publish(
        "$CONTROL/dynamic-security/v1",
        R"({"commands":[{"command":"createClient","username":"till-2"},{"command":"deleteClient","username":"till-2"}]})");
    thief.publish(kTills + "till-1/presence", "last");
    ASSERT_TRUE(victim.hears(kTills + "till-1/presence"));  // what the thief said before has come as well
    sell(victim);
    thief.publish(kTills + "till-1/lookups/members", "again");
    ASSERT_TRUE(thief.hears(kTills + "till-1/lookups/members"));
    for (const auto& words : victim.heard()) EXPECT_EQ(words.find("forged"), std::string::npos) << words;
    for (const auto& words : thief.heard()) {
        const bool own = words.starts_with(kTills + "till-1/");
        const bool everybodys = words.starts_with("tillkeeper/v1/status=") || words.contains("/presence=");
        EXPECT_TRUE(own || everybodys) << words;
        EXPECT_EQ(words.find("forged"), std::string::npos) << words;
    }
    EXPECT_FALSE(victim.lost_within(std::chrono::milliseconds(100))) << "only the agent may cut a till off";
    // Retained forgeries would reach whoever comes later.
    BusClient later(tls(), user("till-3"));
    later.subscribe("tillkeeper/v1/#");
    ASSERT_TRUE(later.hears("tillkeeper/v1/status"));
    for (const auto& words : later.heard()) EXPECT_EQ(words.find("forged"), std::string::npos) << words;
}

TEST_F(BusAttack, OversizedPacketsEndAtTheirSender) {  // [packaging-13]
    BusClient honest(tls(), user("till-2"));
    honest.subscribe(kTills + "till-2/replies");
    sell(honest);
    RawBus giant = raw();
    ASSERT_TRUE(giant.sign_in("till-1", Broker::password_of("till-1")));
    giant.send(publish_packet(kTills + "till-1/transactions", std::string(std::size_t{2} << 20, 'x')));
    EXPECT_TRUE(wait_until([&] { return giant.ended(); }, std::chrono::seconds(20)));
    // A length of 256 MiB is announced, and nothing follows: the broker must not make room for it.
    RawBus liar = raw();
    ASSERT_TRUE(liar.sign_in("till-1", Broker::password_of("till-1")));
    liar.send(std::string{'\x32', '\xFF', '\xFF', '\xFF', '\x7F'});
    EXPECT_TRUE(wait_until([&] { return liar.ended(); }, std::chrono::seconds(20)));
    sell(honest);
    expect_bounded();
}

TEST_F(BusAttack, HalfOpenHandshakesAndStrangersDoNotStopWhoIsThere) {  // [packaging-13]
    BusClient honest(tls(), user("till-2"));
    honest.subscribe(kTills + "till-2/replies");
    std::vector<RawBus> strangers;
    for (int i = 0; i < 400; ++i) {
        strangers.emplace_back(lab_->broker().tls_port());
        if (i % 2 == 0) strangers.back().send(std::string{'\x16', '\x03', '\x01', '\x02'});  // a hello that never ends
    }
    sell(honest);
    EXPECT_TRUE(BusClient(tls(), user("till-3")).granted()) << "there is room for others";
    expect_bounded();
}

TEST_F(BusAttack, ATillThatNeverReadsCostsABoundedAmount) {  // [packaging-13]
    BusClient honest(tls(), user("till-2"));
    honest.subscribe(kTills + "till-2/replies");
    RawBus deaf = raw();
    ASSERT_TRUE(deaf.sign_in("till-1", Broker::password_of("till-1")));
    deaf.send(subscribe_packet(kTills + "till-1/#"));
    const auto big = publish_packet(kTills + "till-1/lookups/members", std::string(100'000, 'x'));
    RawBus loud = raw();
    ASSERT_TRUE(loud.sign_in("till-1", Broker::password_of("till-1"), true, "loud"));
    for (int i = 0; i < 3000 && loud.send(big); ++i)
        if (i % 500 == 0) sell(honest);
    sell(honest);
    expect_bounded();
}

TEST_F(BusAttack, SessionsLeftBehindCostABoundedAmount) {  // [packaging-13]
    BusClient honest(tls(), user("till-2"));
    honest.subscribe(kTills + "till-2/replies");
    for (int i = 0; i < 100; ++i) {
        RawBus left = raw();
        ASSERT_TRUE(left.sign_in("till-1", Broker::password_of("till-1"), false, "left-" + std::to_string(i)));
        left.send(subscribe_packet(kTills + "till-1/#"));
    }
    RawBus loud = raw();
    ASSERT_TRUE(loud.sign_in("till-1", Broker::password_of("till-1"), true, "loud"));
    const auto exactly_once = publish_packet(kTills + "till-1/lookups/members", std::string(20'000, 'x'), 2);
    for (int i = 0; i < 5000 && loud.send(exactly_once); ++i)
        if (i % 1000 == 0) sell(honest);
    sell(honest);
    EXPECT_TRUE(BusClient(tls(), user("till-3")).granted());
    expect_bounded();
}

}  // namespace
}  // namespace tillkeeper::lab
