// Tokens that are bound to a key (RFC 9449), at a cloud that takes no others: over HTTP/2 and real TLS, and judged by
// code that is not ours to share. [sync-15]
#include <chrono>

#include "platform/certificates.h"
#include "sync/dpop_proof.h"
#include "tests/sync/cloud_delivery.h"

namespace tillkeeper::sync {
namespace {

std::string make_key() {
    return make_authority("a key", std::chrono::sys_days(std::chrono::year(2100) / 1 / 1)).value().key_pem;
}

class BoundAtTheCloud : public CloudDelivery {
  protected:
    void open(const std::string& key) {
        DestinationConfig made;
        made.name = "erp";
        made.url = events;
        made.ca_file = cloud.ca();
        made.oauth.auth = ClientAuth::kClientSecretBasic;
        made.oauth.token_url = tokens;
        made.oauth.client_id = "till";
        made.oauth.client_secret = "s e+c:ret%";
        made.oauth.dpop_key_pem = key;
        CloudDelivery::open(std::move(made));
    }

    cloud::RunningCloud cloud{{.dpop = true}};
    const std::string tokens = cloud.url("/oauth/token");
    const std::string events = cloud.url("/bench/v1/events");
};

TEST_F(BoundAtTheCloud, NoncesCostNothingButARequest) {
    sell("s0");
    open(make_key());
    ASSERT_TRUE(delivers(1)) << erp->status().cause;
    for (std::uint64_t i = 1; i < 12; ++i) {  // more than one nonce serves for
        sell("s" + std::to_string(i));
        ASSERT_TRUE(delivers(i + 1)) << erp->status().cause;
    }
    EXPECT_EQ(erp->status().unauthorised, 0U);
    EXPECT_EQ(erp->status().again, 0U);
    const auto ledger = cloud.control().ledger();
    ASSERT_TRUE(ledger) << ledger.error().message;
    EXPECT_EQ(ledger->at("bench").requests, 13) << "the first one twice";
    EXPECT_EQ(ledger->at("bench").repeated, 0);
    EXPECT_EQ(cloud.control().tokens_granted().value_or(0), 1);
}

TEST_F(BoundAtTheCloud, ATokenThatIsTakenBackIsGotAnewThoughNoNonceHoldsAnyMore) {
    sell("a");
    open(make_key());
    ASSERT_TRUE(delivers(1)) << erp->status().cause;
    ASSERT_TRUE(cloud.control().revoke_tokens());
    sell("b");
    ASSERT_TRUE(delivers(2)) << erp->status().cause;
    EXPECT_EQ(cloud.control().tokens_granted().value_or(0), 2);
}

TEST_F(BoundAtTheCloud, WithoutAKeyThereIsNoLogin) {
    sell("a");
    open("");
    EXPECT_TRUE(cause_is("login")) << erp->status().cause;
}

// What the cloud makes of proofs that are wrong in one way each: else the tests above would prove nothing.
class WrongProof : public BoundAtTheCloud {
  protected:
    using Reply = cloud::Reply;

    Reply ask(const std::string& proof) {
        return client.post(tokens, "grant_type=client_credentials", {cloud::basic_header(), "dpop: " + proof});
    }
    Reply send(const std::string& token, const std::string& proof) {
        return client.post(
            events, "[]",
            {"authorization: DPoP " + token, "dpop: " + proof, "content-type: application/cloudevents-batch+json"});
    }
    std::string prove(const SigningKey& by, const DpopClaims& claims, Duration ago = {}) {
        return dpop_proof(claims, by, clock.wall() - ago, random).value();
    }
    static std::string error_in(const Reply& reply) { return cloud::member_of(reply.body, "error"); }

    cloud::HttpsClient client{cloud.ca()};
    const SigningKey key = dpop_key(make_key()).value();
    const SigningKey other = dpop_key(make_key()).value();
};

TEST_F(WrongProof, GetsNoToken) {
    const Reply demand = ask(prove(key, {.method = "POST", .url = tokens}));
    EXPECT_EQ(demand.status, 400);
    EXPECT_EQ(error_in(demand), "use_dpop_nonce");
    const std::string nonce = demand.headers.at("dpop-nonce");
    const DpopClaims right{.method = "POST", .url = tokens, .token = {}, .nonce = nonce};
    const auto refused = [&](const std::string& proof) {
        const Reply reply = ask(proof);
        return reply.status == 400 && error_in(reply) == "invalid_dpop_proof";
    };
    EXPECT_TRUE(refused(""));
    EXPECT_TRUE(refused("a.b.c"));
    EXPECT_TRUE(refused(prove(key, {.method = "GET", .url = tokens, .token = {}, .nonce = nonce})));
    EXPECT_TRUE(refused(prove(key, {.method = "POST", .url = events, .token = {}, .nonce = nonce})));
    EXPECT_TRUE(refused(prove(key, {.method = "POST", .url = tokens, .token = "t", .nonce = nonce})));
    EXPECT_TRUE(refused(prove(key, right, std::chrono::seconds(90))));
    EXPECT_TRUE(refused(prove(key, right, std::chrono::seconds(-90))));
    const std::string once = prove(key, right);
    const std::string another = prove(other, right);
    EXPECT_TRUE(refused(another.substr(0, another.rfind('.')) + once.substr(once.rfind('.')))) << "another's signature";
    const Reply granted = ask(once);
    EXPECT_EQ(granted.status, 200);
    EXPECT_EQ(cloud::member_of(granted.body, "token_type"), "DPoP");
    EXPECT_TRUE(refused(once)) << "it comes twice";
    EXPECT_EQ(error_in(ask(prove(key, {.method = "POST", .url = tokens, .token = {}, .nonce = "old"}))),
              "use_dpop_nonce");
}

TEST_F(WrongProof, GetsNothingForAToken) {
    const std::string nonce_there = ask(prove(key, {.method = "POST", .url = tokens})).headers.at("dpop-nonce");
    const std::string token = cloud::member_of(
        ask(prove(key, {.method = "POST", .url = tokens, .token = {}, .nonce = nonce_there})).body, "access_token");
    const Reply demand =
        send(token, prove(key, {.method = "POST", .url = events, .token = token, .nonce = nonce_there}));
    EXPECT_EQ(demand.status, 401) << "a nonce of the token endpoint is none of the service";
    EXPECT_EQ(error_in(demand), "use_dpop_nonce");
    EXPECT_NE(demand.headers.at("www-authenticate").find("DPoP"), std::string::npos);
    const std::string nonce = demand.headers.at("dpop-nonce");
    const DpopClaims right{.method = "POST", .url = events, .token = token, .nonce = nonce};
    const auto error = [&](const std::string& proof) {
        const Reply reply = send(token, proof);
        EXPECT_EQ(reply.status, 401);
        return error_in(reply);
    };
    EXPECT_EQ(error(prove(other, right)), "invalid_token") << "it is bound to the first key";
    EXPECT_EQ(error(prove(key, {.method = "POST", .url = events, .token = "t", .nonce = nonce})), "invalid_dpop_proof");
    EXPECT_EQ(error(prove(key, {.method = "POST", .url = events, .token = {}, .nonce = nonce})), "invalid_dpop_proof");
    EXPECT_EQ(client.post(events, "[]", {"authorization: Bearer " + token}).status, 401);
    const std::string once = prove(key, right);
    EXPECT_EQ(send(token, once).status, 200);
    EXPECT_EQ(error(once), "invalid_dpop_proof") << "it comes twice";
}

}  // namespace
}  // namespace tillkeeper::sync
