#include <gtest/gtest.h>

#include "platform/crypto.h"
#include "tests/cloud/client_assertion.h"
#include "tests/cloud/cloud_rig.h"
#include "tests/cloud/loyalty_engine.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::cloud {
namespace {

constexpr std::int64_t kNow = 1'795'000'000;

class Engine : public ::testing::Test {
  protected:
    Engine() {
        for (const char* text : {R"({"member_id":"ada","points":100})", R"({"member_id":"ben","points":50})",
                                 R"({"member_id":"cleo","points":7,"closed":true})"})
            EXPECT_TRUE(engine.set_member(parse_tree(text).get()));
    }
    RedemptionOutcome redeem(const std::string& id, std::int64_t points, const std::string& member = "ada") {
        return engine.redeem({.id = id, .store = "0042", .member = member, .points = points, .lease = {}});
    }
    void deliver(const std::string& id, std::int64_t points, const std::string& lease = {},
                 const std::string& member = "ada") {
        engine.delivered({.id = id, .store = {}, .member = member, .points = points, .lease = lease});
    }
    std::string lease(std::int64_t amount, const std::string& member = "ada", const std::string& store = "0042") {
        return engine.grant({.store = store, .member = member, .pool = {}, .amount = amount}, kNow).value_or("");
    }
    std::int64_t total(const char* name) { return integer_of(parse_tree(engine.totals()).get(), name).value(); }
    std::int64_t balance(const std::string& member = "ada") { return members.number(member).value(); }

    Table members{RowKind::kMembers};
    LoyaltyEngine engine{members};
};

TEST_F(Engine, ARedemptionIsBookedOnceHoweverItComes) {
    EXPECT_TRUE(redeem("r1", 30).approved);
    EXPECT_TRUE(redeem("r1", 30).approved);
    EXPECT_EQ(redeem("r1", 31).reason, "other_amount");
    deliver("r1", 30);
    deliver("r1", 30);
    EXPECT_EQ(balance(), 70);
    deliver("r2", 20);
    EXPECT_TRUE(redeem("r2", 20).approved) << "its answer was lost, the event came first";
    EXPECT_EQ(balance(), 50);
    EXPECT_EQ(total("spent"), 50);
    EXPECT_EQ(total("difference"), 0);
}

TEST_F(Engine, WhatWasSpentAndIsNotThereIsBookedAndTold) {
    const auto told = [&](const std::string& id) {
        const auto otherwise = engine.booked_otherwise(id);
        return otherwise ? otherwise->cause + ' ' + std::to_string(otherwise->amount) : "";
    };
    deliver("r1", 80);
    EXPECT_EQ(told("r1"), "");
    for (int i = 0; i < 2; ++i) {
        deliver("r2", 30);
        EXPECT_EQ(told("r2"), "balance_too_low 10");
    }
    deliver("r3", 5);
    EXPECT_EQ(told("r3"), "balance_too_low 5");
    deliver("r4", 7, {}, "cleo");
    EXPECT_EQ(told("r4"), "member_closed 7");
    EXPECT_TRUE(engine.set_member(parse_tree(R"({"member_id":"dora","points":0,"merged_into":"ben"})").get()));
    deliver("r5", 20, {}, "dora");
    EXPECT_EQ(told("r5"), "member_merged 20");
    EXPECT_EQ(balance("ben"), 30);
    EXPECT_EQ(balance(), -15);
    EXPECT_EQ(total("difference"), 0);
}

TEST_F(Engine, WhatNoEventConfirmsIsGivenBack) {
    EXPECT_TRUE(redeem("r1", 30).approved);
    EXPECT_TRUE(redeem("r2", 20).approved);
    deliver("r2", 20);
    EXPECT_EQ(engine.release_unconfirmed(), 1);
    EXPECT_EQ(engine.release_unconfirmed(), 0);
    EXPECT_EQ(balance(), 80);
    EXPECT_TRUE(redeem("r1", 30).approved) << "asked again it is a new one";
    EXPECT_EQ(balance(), 50);
    EXPECT_EQ(engine.release_unconfirmed(), 1);
    deliver("r1", 30);  // the store was cut off for long
    EXPECT_EQ(balance(), 50);
    EXPECT_EQ(engine.release_unconfirmed(), 0);
    EXPECT_EQ(total("difference"), 0);
}

TEST_F(Engine, WhatIsDeclinedBooksNothing) {
    EXPECT_EQ(redeem("r1", 101).reason, "balance_too_low");
    EXPECT_EQ(redeem("r2", 1, "nobody").reason, "unknown_member");
    EXPECT_EQ(redeem("r3", 1, "cleo").reason, "member_closed");
    EXPECT_EQ(total("spent"), 0);
    engine.earned("ada", 100);
    EXPECT_TRUE(redeem("r1", 101).approved) << "a decline is judged anew";
}

TEST_F(Engine, ALeaseIsTakenAtOnceAndSettledOnce) {
    EXPECT_EQ(lease(101), "");
    const auto id = lease(60);
    EXPECT_EQ(balance(), 40);
    EXPECT_EQ(redeem("r1", 50).reason, "balance_too_low") << "another store cannot spend what is leased";
    deliver("r2", 25, id);
    EXPECT_EQ(balance(), 40);
    EXPECT_EQ(engine.leases_of("0042").count(), 1U);
    EXPECT_EQ(engine.leases_of("0043").count(), 0U);
    for (int i = 0; i < 2; ++i) engine.returned(id, 25);
    EXPECT_EQ(balance(), 75);
    EXPECT_EQ(engine.leases_of("0042").count(), 0U);
    EXPECT_EQ(total("leases_overspent"), 0);
    EXPECT_EQ(total("difference"), 0);
}

TEST_F(Engine, BookedLiveAndOfflineMovesToTheLease) {
    const auto id = lease(60);
    EXPECT_TRUE(redeem("r1", 40).approved);
    EXPECT_EQ(balance(), 0);
    for (int i = 0; i < 2; ++i) deliver("r1", 40, id);  // the answer never arrived: the store took it from the lease
    EXPECT_EQ(balance(), 40);
    engine.returned(id, 40);
    EXPECT_EQ(balance(), 60);
    EXPECT_EQ(total("spent"), 40);
    EXPECT_EQ(total("difference"), 0);
}

TEST_F(Engine, Voids) {
    const auto id = lease(30);
    deliver("r1", 30, id);
    redeem("r2", 10);
    for (const char* voided : {"r1", "r1", "r2", "r3"}) engine.voided(voided);
    deliver("r3", 20);
    EXPECT_EQ(redeem("r3", 20).reason, "voided");
    EXPECT_EQ(balance(), 70);
    engine.returned(id, 0);
    EXPECT_EQ(balance(), 100);
    const auto other = lease(30);
    deliver("r4", 30, other);
    engine.returned(other, 30);
    engine.voided("r4");
    EXPECT_EQ(balance(), 100) << "a settled lease cannot give back: the balance does";
    EXPECT_EQ(total("difference"), 0);
}

TEST_F(Engine, APoolSharesOneBalance) {
    ASSERT_TRUE(engine.make_pool("family", {"ada", "ben"}));
    EXPECT_EQ(balance("ada"), 150);
    EXPECT_TRUE(redeem("r1", 120, "ben").approved);
    EXPECT_EQ(balance("ada"), 30);
    EXPECT_FALSE(engine.grant({.store = "0042", .member = "ada", .pool = {}, .amount = 1}, kNow));
    const auto id = engine.grant({.store = "0042", .member = {}, .pool = "family", .amount = 30}, kNow);
    ASSERT_TRUE(id);
    EXPECT_EQ(balance("ben"), 0);
    EXPECT_EQ(total("difference"), 0);
}

// Whatever order things come in, however often, points neither appear nor vanish.
TEST_F(Engine, PointsNeitherAppearNorVanish) {
    fakes::SeededRandom random(11);
    std::vector<std::string> leases;
    std::map<std::string, std::int64_t> spent;
    for (int i = 0; i < 20'000; ++i) {
        const std::string member = random.below(2) == 0 ? "ada" : "ben";
        const std::string id = member + "-r" + std::to_string(random.below(3000));
        const auto points = static_cast<std::int64_t>(1 + random.below(20));
        const std::string some_lease = leases.empty() ? "" : leases[random.below(leases.size())];
        switch (random.below(7)) {
            case 0:
                engine.earned(member, static_cast<std::int64_t>(random.below(5000)));
                break;
            case 1:
            case 2:
                static_cast<void>(redeem(id, points, member));
                break;
            case 3:
                deliver(id, points, random.below(2) == 0 ? some_lease : "", member);
                break;
            case 4:
                engine.voided(id);
                break;
            case 5:
                if (auto made = lease(points * 5, member); !made.empty()) leases.push_back(made);
                break;
            default:
                if (!some_lease.empty()) engine.returned(some_lease, points);
        }
    }
    EXPECT_EQ(total("difference"), 0);
    EXPECT_GT(total("spent"), 1000);
}

TEST(Loyalty, OverHttps) {
    RunningCloud cloud;
    auto control = cloud.control();
    ASSERT_TRUE(control.tell("/collections", R"({"collection":"members","set":[{"member_id":"ada","points":100}]})"));
    Sender client(cloud);
    const std::string asked = R"({"id":"r1","store":"0042","member_id":"ada","points":30,"transaction_id":"t1"})";
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(client.send(asked, "/loyalty/v1/redemptions", {"idempotency-key: r1"}).body,
                  "{\"outcome\":\"approved\",\"reason\":null,\"balance\":70}\n");
    EXPECT_EQ(client.send(asked, "/loyalty/v1/redemptions").status, 400) << "without its key";
    ASSERT_TRUE(control.tell("/loyalty/leases", R"({"store":"0042","member_id":"ada","amount":50,"seconds":600})"));
    EXPECT_FALSE(control.tell("/loyalty/leases", R"({"store":"0042","member_id":"ada","amount":50})"));
    const Tree leases = parse_tree(client.get("/loyalty/v1/leases?store=0042").body);
    const cJSON* lease = cJSON_GetArrayItem(member_of(leases.get(), "records"), 0);
    const std::string jws = text_of(lease, "jws");
    const Tree claims =
        parse_tree(base64url_decode(jws.substr(jws.find('.') + 1, jws.rfind('.') - jws.find('.') - 1)).value());
    EXPECT_EQ(text_of(claims.get(), "aud"), "0042");
    EXPECT_EQ(text_of(claims.get(), "sub"), "ada");
    EXPECT_EQ(integer_of(claims.get(), "amount"), 50);
    EXPECT_EQ(*integer_of(claims.get(), "exp") - *integer_of(claims.get(), "nbf"), 600);

    const auto redemption = [&](const std::string& id, const std::string& type, const std::string& data) {
        std::string made = event(id, data);
        made.replace(made.find("tillkeeper.sale.v1"), 18, "tillkeeper." + type + ".v1");
        return made;
    };
    const auto events = batch(
        {redemption("r2", "redemption",
                    R"({"id":"r2","member_id":"ada","points":20,"source":"offline_allowance","lease":"lease-1"})"),
         redemption("void:r1", "redemption_voided", R"({"redemption_id":"r1","member_id":"ada","points":30})"),
         redemption("back", "lease_returned", R"({"jti":"lease-1","spent":20})"),
         redemption("bad", "redemption", R"({"member_id":"ada"})"),
         event("s1", R"({"activity":"s1","member_id":"ada","points_base":1234})")});
    for (int i = 0; i < 2; ++i) {
        const auto reply = client.send(events, "/crm/v1/activities");
        EXPECT_NE(reply.body.find(R"("id":"bad","outcome":"rejected")"), std::string::npos) << reply.body;
    }
    EXPECT_EQ(*control.ask("/loyalty/account?member=ada"),
              "{\"member_id\":\"ada\",\"balance\":92,\"spent\":20,\"leased\":0}\n");
    const auto totals = control.loyalty_totals();
    ASSERT_TRUE(totals);
    EXPECT_EQ(totals->at("difference"), 0);
    EXPECT_EQ(totals->at("spent_leased"), 20);
    EXPECT_EQ(totals->at("earned"), 12);
    EXPECT_EQ(*control.ask("/loyalty/bookings"),
              R"({"id":"r1","member_id":"ada","lease":"","points":30,"stands":0})"
              "\n"
              R"({"id":"r2","member_id":"ada","lease":"lease-1","points":20,"stands":1})"
              "\n");
    EXPECT_EQ(*control.ask("/loyalty/leases"), R"({"jti":"lease-1","store":"0042","member_id":"ada","pool":"",)"
                                               R"("amount":50,"spent":20,"returned":20})"
                                               "\n");
    EXPECT_EQ(totals->at("earned_base"), 1234);
}

TEST(Loyalty, TheKeySetProvesTheLease) {
    const LeaseSigner signer("k1");
    const std::string jws = signer.sign(R"({"jti":"x"})");
    const Tree jwk = parse_tree(signer.jwk());
    EXPECT_EQ(text_of(jwk.get(), "kid"), "k1");
    const auto x = base64url_decode(text_of(jwk.get(), "x"));
    const auto y = base64url_decode(text_of(jwk.get(), "y"));
    ASSERT_TRUE(x && y);
    auto key = VerifyingKey::from_point(*x, *y);
    ASSERT_TRUE(key);
    const auto signature = base64url_decode(jws.substr(jws.rfind('.') + 1));
    EXPECT_TRUE(key->holds(jws.substr(0, jws.rfind('.')), *signature));
    EXPECT_FALSE(key->holds(jws.substr(0, jws.rfind('.') - 1), *signature));
}

}  // namespace
}  // namespace tillkeeper::cloud
