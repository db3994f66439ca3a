// Questions of tills through a real outage: look-ups from the cloud and from the store's copy, points that are spent,
// orders that are handed out; with real TLS, OAuth, broker and agent.
#include <gmock/gmock.h>

#include <functional>
#include <iostream>
#include <map>

#include "tests/e2e/bus_peer.h"
#include "tests/e2e/collections.h"
#include "tests/e2e/json.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;
const std::string kTill = "tillkeeper/v1/tills/till-1/";

class Questions : public ::testing::Test {
  protected:
    void SetUp() override {
        LabOptions options{.name = "tillkeeper-questions", .tills = 2};
        options.more = [this](Cloud& cloud) {
            before(cloud);
            EXPECT_TRUE(cloud.control().tell("/collections", R"({"collection":"members","generate":300,"seed":7})"));
            for (const char* name : {"products", "prices", "stock", "orders"})
                EXPECT_TRUE(cloud.control().tell(
                    "/collections", R"({"collection":")" + std::string(name) + R"(","generate":100,"seed":7})"));
            return collections_of(cloud, {.allowance_member = 500, .allowance_store = 800});
        };
        auto lab = Lab::open(options);
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        connect();
    }
    void TearDown() override {
        if (!HasFailure() || !lab_) return;
        lab_->folder().keep();
        std::cerr << "the store is in " << lab_->folder().path() << '\n';
    }

    // Before the agent is there.
    virtual void before(Cloud& /*cloud*/) {}

    void connect() {
        auto peer = BusPeer::connect(lab_->broker(), "till-1", till::MqttVersion::k5, kTill + "replies");
        ASSERT_TRUE(peer) << peer.error().message;
        till_ = std::move(*peer);
    }
    // The answer to this; an empty document when none comes. Answers to earlier questions, which were kept, may come in
    // between.
    Json ask(const std::string& topic, const std::string& payload) {
        const auto asked = Json::parse(payload);
        EXPECT_TRUE(till_->say(kTill + topic, payload));
        while (auto heard = till_->hear(kPatience)) {
            auto answer = Json::parse(heard->payload);
            const bool same =
                answer["request_id"].text() == asked["request_id"].text() && answer["id"].text() == asked["id"].text();
            if (same && !answer["deferred"].is_true()) return answer;
        }
        return Json::parse("");
    }
    Json look_up(const std::string& collection, const std::string& how) {
        return ask("lookups/" + collection, R"({"request_id":"r-)" + std::to_string(++asked_) + R"(",)" + how + '}');
    }
    Json spend(const std::string& member, std::int64_t points, const std::string& transaction) {
        return ask("redemptions", R"({"request_id":"r-)" + std::to_string(++asked_) + R"(","member_id":")" + member +
                                      R"(","points":)" + std::to_string(points) + R"(,"transaction_id":")" +
                                      transaction + R"("})");
    }
    // Every collection is in the copy, which answers without the cloud, and so is what else is asked for.
    void wait_for_copies(const std::function<bool()>& and_also = [] { return true; }) {
        ASSERT_TRUE(lab_->cloud().control().set_fault(R"({"destination":"live","mode":"status","status":500})"));
        const std::map<std::string, std::string> one{
            {"members", "M00000017"}, {"products", "P00000017"}, {"stock", "P00000017"}, {"orders", "O00000017"}};
        for (const auto& [collection, key] : one)
            EXPECT_TRUE(wait_until(
                [&] { return look_up(collection, R"("key":")" + key + '"')["outcome"].text() == "found"; }, kPatience))
                << collection;
        EXPECT_TRUE(wait_until(and_also, kPatience));
        ASSERT_TRUE(lab_->cloud().control().clear_faults());
    }
    void cut() { ASSERT_TRUE(lab_->cloud().control().cut_network()); }
    void heal() { ASSERT_TRUE(lab_->cloud().control().clear_faults()); }
    [[nodiscard]] std::int64_t balance_of(const std::string& member) {
        const auto account = lab_->cloud().control().ask("/loyalty/account?member=" + member);
        return account ? Json::parse(*account)["balance"].number() : -1;
    }
    void give_points(const std::string& member, std::int64_t points) {
        EXPECT_TRUE(lab_->cloud().control().tell("/collections", R"({"collection":"members","set":[{"member_id":")" +
                                                                     member + R"(","points":)" +
                                                                     std::to_string(points) + "}]}"));
    }

    std::unique_ptr<Lab> lab_;
    std::unique_ptr<BusPeer> till_;
    int asked_ = 0;
};

// [agent-15]
TEST_F(Questions, AreAnsweredByTheCloudAndWithoutItByTheCopy) {
    wait_for_copies();
    EXPECT_TRUE(
        wait_until([&] { return look_up("members", R"("key":"M00000017")")["source"].text() == "live"; }, kPatience));
    cut();
    for (const char* how : {R"("key":"M00000017")", R"("by":{"card_barcode":"29000 0000 0017"})",
                            R"("by":{"phone":"0171 00000017"})", R"("by":{"email":"M00000017@example.com"})"}) {
        const auto answer = look_up("members", how);
        EXPECT_EQ(answer["outcome"].text(), "found") << how << answer.dump();
        EXPECT_EQ(answer["source"].text(), "mirror") << how;
        EXPECT_FALSE(answer["stale"].is_true());
        EXPECT_EQ(answer["record"]["member_id"].text(), "M00000017") << how;
    }
    EXPECT_EQ(look_up("products", R"("by":{"gtin":"4000000000017"})")["record"]["sku"].text(), "P00000017");
    EXPECT_EQ(look_up("prices", R"("by":{"sku":"P00000017"})")["outcome"].text(), "found");
    EXPECT_EQ(look_up("members", R"("key":"nobody")")["outcome"].text(), "not_found") << "the copy is whole and fresh";
    EXPECT_GT(look_up("members", R"("by":{"phone":"0171 000000*"})")["records"].items().size(), 5U);

    // What this store sells is taken off.
    const auto before = look_up("stock", R"("key":"P00000017")")["record"]["quantity"].number();
    const auto sold = ask("transactions",
                          R"({"id":"sale-1","type":"sale","till_sequence":1,"occurred_at":"2026-11-20T10:42:07Z",)"
                          R"("receipt":"0042-1","lines":[{"sku":"P00000017","quantity":2,"amount":500}],"total":500})");
    ASSERT_EQ(sold["outcome"].text(), "accepted") << sold.dump();
    EXPECT_TRUE(wait_until(
        [&] { return look_up("stock", R"("key":"P00000017")")["record"]["quantity"].number() == before - 2; },
        kPatience));
    const auto receipt = look_up("transactions", R"("by":{"receipt":"0042-1"})");
    EXPECT_EQ(receipt["record"]["id"].text(), "sale-1") << receipt.dump();

    // A killed agent answers the same.
    lab_->agent().kill();
    ASSERT_TRUE(lab_->agent().start());
    EXPECT_EQ(look_up("members", R"("key":"M00000017")")["source"].text(), "mirror");
    heal();
    EXPECT_TRUE(
        wait_until([&] { return look_up("members", R"("key":"M00000017")")["source"].text() == "live"; }, kPatience));
}

// No copy yet: the feeds fail, and the cloud hangs.
class QuestionsWithoutCopy : public Questions {
    void before(Cloud& cloud) override {
        ASSERT_TRUE(cloud.control().set_fault(R"({"destination":"feed","mode":"status","status":500})"));
        ASSERT_TRUE(cloud.control().set_fault(R"({"destination":"live","mode":"hang"})"));
    }
};

// [agent-16]
TEST_F(QuestionsWithoutCopy, AreAnsweredWhenTheNetworkIsBack) {
    EXPECT_TRUE(lab_->cloud().control().tell(
        "/collections",
        R"({"collection":"members","set":[{"member_id":"new-1","points":40,"card_barcode":"2999999999990"}]})"));
    const auto kept = look_up("members", R"("by":{"card_barcode":"2999999999990"})");
    ASSERT_EQ(kept["outcome"].text(), "unknown") << kept.dump();
    lab_->agent().kill();
    ASSERT_TRUE(lab_->agent().start());
    heal();
    const auto later = till_->hear(kPatience);
    ASSERT_TRUE(later);
    const auto answer = Json::parse(later->payload);
    EXPECT_TRUE(answer["deferred"].is_true()) << later->payload;
    EXPECT_EQ(answer["request_id"].text(), kept["request_id"].text());
    EXPECT_EQ(answer["record"]["member_id"].text(), "new-1");
}

// [agent-17]
TEST_F(Questions, PointsAreSpentOnceLiveAndOfflineAndTheEngineAgrees) {
    give_points("M00000017", 1000);
    wait_for_copies();
    EXPECT_TRUE(wait_until([&] { return spend("M00000017", 100, "t-live")["source"].text() == "live"; }, kPatience));
    EXPECT_EQ(balance_of("M00000017"), 900);
    EXPECT_EQ(spend("M00000017", 100, "t-live")["outcome"].text(), "approved") << "asked again";
    EXPECT_EQ(balance_of("M00000017"), 900);

    cut();
    const auto offline = spend("M00000017", 300, "t-offline");
    EXPECT_EQ(offline["outcome"].text(), "approved") << offline.dump();
    EXPECT_EQ(offline["source"].text(), "offline_allowance");
    EXPECT_EQ(spend("M00000017", 201, "t-too-much")["reason"].text(), "allowance_spent");
    lab_->agent().kill();
    ASSERT_TRUE(lab_->agent().start());
    EXPECT_EQ(spend("M00000017", 300, "t-offline")["outcome"].text(), "approved") << "the same answer after a kill";
    EXPECT_EQ(spend("M00000017", 201, "t-too-much")["reason"].text(), "allowance_spent");
    heal();
    EXPECT_TRUE(wait_until([&] { return balance_of("M00000017") == 600; }, kPatience)) << balance_of("M00000017");
    const auto totals = lab_->cloud().control().loyalty_totals();
    ASSERT_TRUE(totals) << totals.error().message;
    EXPECT_EQ(totals->at("difference"), 0);
    EXPECT_EQ(totals->at("spent"), 400);
    const auto held = lab_->agent().command({"queue", "list", "--json"});
    ASSERT_TRUE(held);
    EXPECT_TRUE(held->output.contains(R"("items":[])"))
        << held->output << "no destination rejects what it did not ask for";
}

// [agent-17]
TEST_F(Questions, ALeaseIsSpentOfflineAndNeverBeyondItsAmount) {
    give_points("M00000018", 400);
    const auto granted = lab_->cloud().control().tell(
        "/loyalty/leases", R"({"store":"0042","member_id":"M00000018","amount":250,"seconds":3600})");
    ASSERT_TRUE(granted) << granted.error().message;
    const auto lease = Json::parse(*granted)["jti"].text();
    EXPECT_EQ(balance_of("M00000018"), 150) << "leased points have left the balance";
    wait_for_copies([&] {
        return look_up("leases", R"("key":")" + lease + '"')["outcome"].text() == "found" &&
               look_up("lease_keys", R"("key":"loyalty-1")")["outcome"].text() == "found" &&
               look_up("members", R"("key":"M00000018")")["record"]["points"].number() == 150;
    });
    cut();
    // More than the balance would give: only the lease can pay it. Where this machine does not know the time, nobody
    // knows whether the lease is still in time.
    const bool trusted = (*lab_->agent().status())["clock_trusted"].is_true();
    const auto leased = spend("M00000018", 240, "t-leased");
    EXPECT_EQ(leased["outcome"].text(), trusted ? "approved" : "declined") << leased.dump();
    EXPECT_EQ(spend("M00000018", 160, "t-more")["outcome"].text(), "declined");
    heal();
    const std::int64_t expected = trusted ? 240 : 0;
    const auto settled = [&] {
        const auto totals = lab_->cloud().control().loyalty_totals();
        return totals && totals->at("spent_leased") == expected;
    };
    EXPECT_TRUE(wait_until(settled, kPatience));
    EXPECT_EQ(lab_->cloud().control().loyalty_totals()->at("difference"), 0);
    EXPECT_EQ(lab_->cloud().control().loyalty_totals()->at("leases_overspent"), 0);
    EXPECT_EQ(balance_of("M00000018"), 150);
}

// [sync-11]
TEST_F(Questions, WhatTheCloudBooksOtherwiseIsARowThatEverybodyGets) {
    give_points("M00000019", 1000);
    wait_for_copies([&] { return look_up("members", R"("key":"M00000019")")["record"]["points"].number() == 1000; });
    cut();
    ASSERT_EQ(spend("M00000019", 300, "t-closed")["outcome"].text(), "approved");
    ASSERT_TRUE(lab_->cloud().control().tell(
        "/collections", R"({"collection":"members","set":[{"member_id":"M00000019","points":1000,"closed":true}]})"));
    const auto differences = [&] {
        const auto shown = lab_->agent().command({"differences", "--json"});
        return Json::parse(shown ? shown->output : "{}");
    };
    EXPECT_TRUE(differences()["differences"].items().empty());
    heal();
    ASSERT_TRUE(wait_until([&] { return differences()["differences"].items().size() == 1; }, kPatience));
    const auto told = differences();
    const auto rows = told["differences"].items();
    const Json& row = rows.front();
    EXPECT_EQ(row["destination"].text(), "crm");
    EXPECT_EQ(row["transaction_type"].text(), "redemption");
    EXPECT_EQ(row["cause"].text(), "member_closed");
    EXPECT_EQ(row["amount"].number(), 300);
    EXPECT_EQ(row["unit"].text(), "points");
    const auto all_told = [&] {
        const auto found = lab_->agent().command({"find", row["refers_to"].text(), "--json"});
        const auto status = lab_->agent().status();
        return found && found->output.contains(R"("crm":"delivered")") && status && (*status)["safe"].number() == 0;
    };
    EXPECT_TRUE(wait_until(all_told, kPatience)) << "the row goes to every destination as well";
    EXPECT_EQ((*lab_->agent().status())["differences"].number(), 1);
    EXPECT_EQ(balance_of("M00000019"), 700) << "booked all the same";
}

// [storage-13]
TEST_F(Questions, AnOrderIsHandedOutOnce) {
    wait_for_copies();
    cut();
    EXPECT_FALSE(look_up("orders", R"("by":{"pickup_code":"PC00000017"})")["record"]["handed_out_here"].is_true());
    const auto hand_out = [&](const std::string& id) {
        return ask("transactions", R"({"id":")" + id +
                                       R"(","type":"order_collected","till_sequence":1,)"
                                       R"("occurred_at":"2026-11-20T10:42:07Z","refers_to":"O00000017"})");
    };
    EXPECT_EQ(hand_out("c-1")["outcome"].text(), "accepted");
    EXPECT_TRUE(look_up("orders", R"("key":"O00000017")")["record"]["handed_out_here"].is_true());
    const auto again = hand_out("c-2");
    EXPECT_EQ(again["outcome"].text(), "quarantined") << again.dump();
    EXPECT_EQ(hand_out("c-1")["outcome"].text(), "duplicate");
}

}  // namespace
}  // namespace tillkeeper::lab
