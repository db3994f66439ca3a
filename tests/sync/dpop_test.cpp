// Tokens that are bound to a key (RFC 9449): the proofs, the nonces that servers want in them, and what is refused.
#include <gmock/gmock.h>

#include <set>

#include "platform/certificates.h"
#include "sync/dpop_proof.h"
#include "sync/json_slices.h"
#include "sync/live_source.h"
#include "sync/oauth_client.h"
#include "sync/redeemer.h"
#include "tests/fakes/request_header.h"
#include "tests/sync/destination_world.h"
#include "tests/sync/source_world.h"

namespace tillkeeper::sync {
namespace {

using fakes::header_of;
using fakes::http_answer;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr auto kTokenUrl = "https://login.example/token";
constexpr auto kGranted = R"({"access_token":"t1","token_type":"DPoP","expires_in":100})";

std::string text(std::string_view json, std::string_view name) {
    return json_string(json_member(json, name)).value_or("");
}

const std::string& key_pem() {
    static const std::string pem =
        make_authority("a key", std::chrono::sys_days(std::chrono::year(2100) / 1 / 1)).value().key_pem;
    return pem;
}

struct Proof {
    std::string header;
    std::string claims;
    bool holds = false;  // by the key that it names
};

Proof read(const std::string& jwt) {
    const auto first = jwt.find('.'), last = jwt.rfind('.');
    Proof proof{base64url_decode(jwt.substr(0, first)).value_or(""),
                base64url_decode(jwt.substr(first + 1, last - first - 1)).value_or("")};
    const auto jwk = json_member(proof.header, "jwk");
    const auto key = VerifyingKey::from_point(base64url_decode(text(jwk, "x")).value_or(""),
                                              base64url_decode(text(jwk, "y")).value_or(""));
    proof.holds = key && key->holds(jwt.substr(0, last), base64url_decode(jwt.substr(last + 1)).value_or(""));
    return proof;
}

std::string nonce_in(const HttpRequest& request) {
    return text(read(header_of(request, "dpop")).claims, "nonce");
}

TEST(DpopProof, SaysForWhichRequestItIsMade) {
    const auto key = dpop_key(key_pem());
    ASSERT_TRUE(key) << key.error().message;
    fakes::SeededRandom random(1);
    const WallTime now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
    // The token and its hash are those of RFC 9449, section 7.1.
    const auto jwt = dpop_proof({.method = "GET",
                                 .url = "https://resource.example.org/protectedresource?a=b#c",
                                 .token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU",
                                 .nonce = "eyJ7S_zG.eyJH0-Z.HX4w-7v"},
                                *key, now, random);
    ASSERT_TRUE(jwt) << jwt.error().message;
    const Proof proof = read(*jwt);
    EXPECT_TRUE(proof.holds);
    EXPECT_EQ(proof.header, R"({"typ":"dpop+jwt","alg":"ES256","jwk":)" + key->public_jwk().value() + "}");
    EXPECT_EQ(text(proof.claims, "htm"), "GET");
    EXPECT_EQ(text(proof.claims, "htu"), "https://resource.example.org/protectedresource");
    EXPECT_EQ(text(proof.claims, "ath"), "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    EXPECT_EQ(text(proof.claims, "nonce"), "eyJ7S_zG.eyJH0-Z.HX4w-7v");
    EXPECT_EQ(json_integer(json_member(proof.claims, "iat")), 1795305600);
    EXPECT_THAT(text(proof.claims, "jti"), SizeIs(32)) << "16 bytes; section 4.2 asks for 12";
    const auto other = dpop_proof({.method = "POST", .url = kTokenUrl}, *key, now, random);
    const Proof plain = read(other.value());
    EXPECT_NE(text(plain.claims, "jti"), text(proof.claims, "jti"));
    EXPECT_EQ(json_member(plain.claims, "ath"), "");
    EXPECT_EQ(json_member(plain.claims, "nonce"), "");
}

TEST(DpopProof, NamesAnAddressAsServersCompareIt) {
    const std::vector<std::pair<std::string, std::string>> grid = {
        {"https://server.example.com/token", "https://server.example.com/token"},  // RFC 9449, section 4.2
        {"HTTPS://Server.Example.COM/Token", "https://server.example.com/Token"},
        {"https://a.example:443/x", "https://a.example/x"},
        {"https://a.example:8443/x", "https://a.example:8443/x"},
        {"https://a.example:80/x", "https://a.example:80/x"},
        {"http://a.example:80/x", "http://a.example/x"},
        {"https://a.example", "https://a.example/"},
        {"https://a.example?q=/x", "https://a.example/"},
        {"https://a.example/x?y=https://b.example/#z", "https://a.example/x"},
        {"https://a.example/x#y?z", "https://a.example/x"},
        {"https://user:word@a.example/x@y", "https://a.example/x@y"},
        {"https://[2001:DB8::1]:443/x", "https://[2001:db8::1]/x"},
    };
    for (const auto& [url, target] : grid) EXPECT_EQ(dpop_target(url), target);
    for (const std::string_view none : {"", "/", "a", "https:", "https://", "://", "@"})
        EXPECT_THAT(dpop_target(none), HasSubstr("://")) << none;
}

TEST(DpopKey, IsOnP256) {
    const auto rsa = dpop_key("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    ASSERT_FALSE(rsa);
    EXPECT_THAT(rsa.error().message, AllOf(HasSubstr("dpop_key_file"), HasSubstr("openssl genpkey")));
}

// Both servers verify as RFC 9449 says; each takes any nonce until it is given one to want.
class BoundToken : public DestinationWorld {
  protected:
    BoundToken() {
        const auto cloud = http.respond;
        http.respond = [this, cloud](const HttpRequest& request) -> std::optional<HttpResponse> {
            const bool for_token = request.url == token_url;
            (for_token ? asked : sent).push_back(request);
            const Proof proof = read(header_of(request, "dpop"));
            EXPECT_TRUE(proof.holds || header_of(request, "dpop").empty());
            EXPECT_TRUE(!proof.holds || unique.insert(text(proof.claims, "jti")).second) << "no proof is used twice";
            const Nonces& nonces = for_token ? token_nonces : service_nonces;
            const std::string wanted = nonces.always_another ? "n" + std::to_string(unique.size()) : nonces.wanted;
            if (!wanted.empty() && text(proof.claims, "nonce") != wanted)
                return for_token ? http_answer(400, R"({"error":"use_dpop_nonce"})", {{"dpop-nonce", wanted}})
                                 : http_answer(401, "",
                                               {{"www-authenticate", R"(DPoP error="use_dpop_nonce")"},
                                                {"dpop-nonce", wanted}});
            auto answer = for_token ? token_answer : cloud(request);
            if (answer && !nonces.next.empty()) answer->headers.emplace_back("dpop-nonce", nonces.next);
            return answer;
        };
    }
    DestinationConfig bound() const {
        auto made = config();
        made.oauth.auth = ClientAuth::kClientSecretPost;
        made.oauth.token_url = token_url;
        made.oauth.client_id = "store-0042";
        made.oauth.client_secret = "s3cret";
        made.oauth.dpop_key_pem = key_pem();
        return made;
    }

    struct Nonces {
        std::string wanted{};
        std::string next{};           // named in answers that are no demand
        bool always_another = false;  // whatever a proof has
    };
    Nonces token_nonces;
    Nonces service_nonces;
    std::string token_url = kTokenUrl;
    HttpResponse token_answer = http_answer(200, kGranted);
    std::vector<HttpRequest> asked;
    std::vector<HttpRequest> sent;
    std::set<std::string> unique;
};

// [sync-15]
TEST_F(BoundToken, GoesWithAProofForEachRequest) {
    sell("a");
    open(bound());
    run(kSecond);
    ASSERT_THAT(asked, SizeIs(1));
    const Proof first = read(header_of(asked[0], "dpop"));
    EXPECT_EQ(text(first.claims, "htm"), "POST");
    EXPECT_EQ(text(first.claims, "htu"), kTokenUrl);
    EXPECT_EQ(json_member(first.claims, "ath"), "") << "there is no token yet";
    EXPECT_THAT(asked[0].body, HasSubstr("client_secret=s3cret")) << "the client proves itself as before";
    ASSERT_THAT(sent, SizeIs(1));
    const Proof second = read(header_of(sent[0], "dpop"));
    EXPECT_EQ(header_of(sent[0], "authorization"), "DPoP t1");
    EXPECT_EQ(text(second.claims, "htu"), "https://erp.example/transactions");
    const Digest digest = sha256("t1");
    EXPECT_EQ(text(second.claims, "ath"), base64url({reinterpret_cast<const char*>(digest.data()), digest.size()}));
    EXPECT_EQ(second.header, first.header) << "of one key";
    EXPECT_THAT(delivered("erp"), SizeIs(1));
}

TEST_F(BoundToken, ANonceThatTheTokenEndpointWantsIsSentAtOnceAndKept) {
    token_nonces.wanted = "n1";
    sell("a");
    open(bound());
    run(kSecond);
    ASSERT_THAT(asked, SizeIs(2));
    EXPECT_EQ(nonce_in(asked[0]), "");
    EXPECT_EQ(nonce_in(asked[1]), "n1");
    EXPECT_THAT(delivered("erp"), SizeIs(1));
    EXPECT_EQ(nonce_in(sent[0]), "") << "it is not the service's";
    run(90 * kSecond);
    ASSERT_THAT(asked, SizeIs(3)) << "renewed";
    EXPECT_EQ(nonce_in(asked[2]), "n1");
}

TEST_F(BoundToken, ANonceThatComesWithSuccessReplacesTheLastOne) {
    token_nonces = {.wanted = "n1", .next = "n2"};
    service_nonces = {.wanted = "s1", .next = "s2"};
    sell("a");
    open(bound());
    run(kSecond);
    token_nonces = {.wanted = "n2"};
    service_nonces = {.wanted = "s2"};
    sell("b");
    wake_all();
    run(90 * kSecond);
    EXPECT_THAT(asked, SizeIs(3)) << "one demand, two tokens";
    EXPECT_THAT(sent, SizeIs(3)) << "one demand, two deliveries";
    EXPECT_THAT(delivered("erp"), SizeIs(2));
}

TEST_F(BoundToken, ARepeatedTokenRequestHasAnAssertionOfItsOwn) {
    token_nonces.wanted = "n1";
    auto made = bound();
    made.oauth.auth = ClientAuth::kPrivateKeyJwt;
    made.oauth.private_key_pem = key_pem();
    open(made);
    run(kSecond);
    ASSERT_THAT(asked, SizeIs(2));
    EXPECT_NE(asked[0].body, asked[1].body) << "one that comes twice is refused";
}

TEST_F(BoundToken, ATokenEndpointThatWantsAnotherNonceEachTimeIsAskedTwiceAndThenLater) {
    token_nonces.always_another = true;
    sell("a");
    auto& erp = open(bound());
    run(std::chrono::milliseconds(100));
    ASSERT_THAT(asked, SizeIs(2));
    EXPECT_EQ(erp.status().cause, "login");
    run(kHour);
    EXPECT_LT(asked.size(), 2 * 60 * 4U) << "with backoff";
    token_nonces.always_another = false;
    run(120 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(1));
    EXPECT_EQ(erp.status().cause, "");
}

TEST_F(BoundToken, ANonceThatTheServiceWantsIsSentAtOnceUnderTheSameKeyAndIsNoFailure) {
    service_nonces.wanted = "s1";
    sell("a");
    auto& erp = open(bound());
    run(std::chrono::milliseconds(100));
    ASSERT_THAT(sent, SizeIs(2));
    EXPECT_EQ(nonce_in(sent[0]), "");
    EXPECT_EQ(nonce_in(sent[1]), "s1");
    EXPECT_NE(header_of(sent[0], "idempotency-key"), "");
    EXPECT_EQ(header_of(sent[0], "idempotency-key"), header_of(sent[1], "idempotency-key"));
    EXPECT_EQ(sent[0].body, sent[1].body);
    EXPECT_EQ(header_of(sent[1], "authorization"), "DPoP t1");
    EXPECT_THAT(delivered("erp"), SizeIs(1));
    service_nonces.wanted = "s2";  // in the midst of it
    sell("b");
    wake_all();
    run(std::chrono::milliseconds(100));
    EXPECT_THAT(sent, SizeIs(4));
    EXPECT_THAT(delivered("erp"), SizeIs(2));
    EXPECT_THAT(asked, SizeIs(1)) << "the token is as good as before";
    EXPECT_EQ(erp.status().unauthorised, 0U);
    EXPECT_EQ(erp.status().again, 0U);
    EXPECT_EQ(erp.status().cause, "");
}

// [sync-5] of two requests on their way one hears Retry-After, the other one the wish for a nonce.
TEST_F(BoundToken, ANonceThatIsWantedDoesNotGoAheadOfRetryAfter) {
    const auto cloud = http.respond;
    http.respond = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (request.url == kTokenUrl || sent.size() > 1) return cloud(request);
        sent.push_back(request);
        return std::nullopt;
    };
    auto made = bound();
    made.lanes = 2;
    made.batch_items_max = 1;
    sell("a");
    auto& erp = open(made);
    run(std::chrono::milliseconds(100));
    sell("b", "t2");
    wake_all();
    run(std::chrono::milliseconds(100));
    ASSERT_THAT(sent, SizeIs(2));
    const std::size_t first = http.requests.size() - 2;
    http.answer(first, http_answer(429, "", {{"retry-after", "30"}}));
    run(std::chrono::milliseconds(10));
    http.answer(first + 1,
                http_answer(401, "", {{"www-authenticate", R"(DPoP error="use_dpop_nonce")"}, {"dpop-nonce", "s1"}}));
    service_nonces.wanted = "s1";
    run(29 * kSecond);
    EXPECT_THAT(sent, SizeIs(2)) << "the service asked to be left alone";
    run(12 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(2));
    EXPECT_THAT(sent, SizeIs(4)) << "with the nonce at once";
    EXPECT_THAT(asked, SizeIs(1)) << "nothing was wrong with the token";
    EXPECT_EQ(erp.status().cause, "");
}

TEST_F(BoundToken, QuestionsAndRedemptionsAreRepeatedAsDeliveriesAre) {
    service_nonces.wanted = "s1";
    auto parts = this->parts();
    const auto redeemer = Redeemer::make(
        {.url = "https://crm.example/redemptions", .ca_file = {}, .oauth = bound().oauth, .deadline = kSecond}, parts);
    ASSERT_TRUE(redeemer) << redeemer.error().message;
    (*redeemer)->ask({.id = "redeem:1", .member_id = "17850", .points = 100, .transaction_id = "t-1"},
                     [](const RedemptionWord&) {});
    run(kSecond / 2);
    ASSERT_THAT(sent, SizeIs(2));
    EXPECT_EQ(nonce_in(sent[1]), "s1");
    EXPECT_EQ(header_of(sent[0], "idempotency-key"), "redeem:1");
    EXPECT_EQ(header_of(sent[1], "idempotency-key"), "redeem:1");
    sent.clear();

    SourceConfig members;
    members.collection = "members";
    members.record_key = "member_id";
    members.oauth = bound().oauth;
    members.live.emplace().url = "https://crm.example/members/{key}?by={field}";
    const auto live = LiveSource::make(members, parts);
    ASSERT_TRUE(live) << live.error().message;
    (*live)->ask("member_id", "17850", clock.monotonic() + kSecond, [](const LiveAnswer&) {});
    run(kSecond / 2);
    ASSERT_THAT(sent, SizeIs(2));
    const Proof proof = read(header_of(sent[1], "dpop"));
    EXPECT_EQ(text(proof.claims, "nonce"), "s1");
    EXPECT_EQ(text(proof.claims, "htm"), "GET");
    EXPECT_EQ(text(proof.claims, "htu"), "https://crm.example/members/17850");
}

TEST_F(BoundToken, AServiceThatWantsAnotherNonceEachTimeIsACauseOfLogin) {
    service_nonces.always_another = true;
    sell("a");
    auto& erp = open(bound());
    run(std::chrono::milliseconds(100));
    ASSERT_THAT(sent, SizeIs(2));
    run(kHour);
    EXPECT_EQ(erp.status().cause, "login");
    EXPECT_LT(sent.size(), 2 * 60 * 4U) << "with backoff";
    EXPECT_EQ(sent.size() % 2, 0U) << "twice each time";
    service_nonces.always_another = false;
    run(120 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(1));
}

TEST_F(BoundToken, ANonceOfTheLoginIsNotTheServicesEvenAtOneOrigin) {
    token_url = "https://erp.example/token";
    token_nonces.wanted = "n1";
    service_nonces.wanted = "s1";
    sell("a");
    open(bound());
    run(kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(1));
    ASSERT_THAT(sent, SizeIs(2));
    EXPECT_EQ(nonce_in(sent[0]), "");
    run(90 * kSecond);
    ASSERT_THAT(asked, SizeIs(3));
    EXPECT_EQ(nonce_in(asked[2]), "n1");
}

TEST_F(BoundToken, ATokenThatIsBoundToNoKeyIsRefused) {
    sell("a");
    for (const std::string type : {R"("token_type":"Bearer",)", R"("token_type":7,)", R"("token_type":"",)", ""}) {
        token_answer = http_answer(200, R"({"access_token":"t1",)" + type + R"("expires_in":100})");
        destinations.clear();
        auto& erp = open(bound());
        run(10 * kSecond);
        EXPECT_EQ(erp.status().cause, "login") << type;
    }
    EXPECT_THAT(sent, IsEmpty());
    token_answer = http_answer(200, R"({"access_token":"t1","token_type":"dpop"})");
    run(120 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(1)) << "in any case (RFC 6749 section 5.1)";
}

TEST_F(BoundToken, WithoutAKeyTokensAreBearers) {
    auto made = bound();
    made.oauth.dpop_key_pem.clear();
    sell("a");
    for (const std::string type : {"DPoP", "mac", ""}) {
        token_answer = http_answer(200, R"({"access_token":"t1","token_type":")" + type + "\"}");
        destinations.clear();
        auto& erp = open(made);
        run(10 * kSecond);
        EXPECT_EQ(erp.status().cause, "login") << type;
    }
    EXPECT_THAT(sent, IsEmpty());
    token_answer = http_answer(200, R"({"access_token":"t1","token_type":"bearer"})");
    run(120 * kSecond);
    ASSERT_THAT(sent, SizeIs(1));
    EXPECT_EQ(header_of(sent[0], "authorization"), "Bearer t1");
    EXPECT_EQ(header_of(sent[0], "dpop"), "");
    for (const auto& request : asked) EXPECT_EQ(header_of(request, "dpop"), "");
}

TEST_F(BoundToken, WhyALoginIsRefusedSaysWhatToDo) {
    auto parts = this->parts();
    token_answer = http_answer(200, R"({"access_token":"t1","token_type":"Bearer"})");
    auto wallet = OAuthWallet::make(bound().oauth, "", parts, [] {});
    ASSERT_TRUE(wallet) << wallet.error().message;
    EXPECT_FALSE((*wallet)->ready());
    run(kSecond);
    EXPECT_FALSE((*wallet)->ready());
    EXPECT_EQ((*wallet)->cause(), "login");
    EXPECT_THAT((*wallet)->reason(), AllOf(HasSubstr("dpop_key_file"), HasSubstr("token_type is not DPoP")));
}

TEST_F(BoundToken, ACertificateGoesWithBoth) {
    token_nonces.wanted = "n1";
    service_nonces.wanted = "s1";
    auto made = bound();
    made.oauth.auth = ClientAuth::kMutualTls;
    made.oauth.identity = []() -> Result<TlsIdentity> { return TlsIdentity{"certificate", "key"}; };
    sell("a");
    open(made);
    run(kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(1));
    EXPECT_THAT(asked, AllOf(SizeIs(2),
                             Each(testing::Field(&HttpRequest::identity, testing::Field(&TlsIdentity::key, "key")))));
    EXPECT_THAT(
        sent, AllOf(SizeIs(2), Each(testing::Field(&HttpRequest::identity, testing::Field(&TlsIdentity::key, "key")))));
}

TEST_F(BoundToken, WhatIsUnderWayGoesWithIt) {
    service_nonces.wanted = "s1";
    sell("a");
    open(bound());
    run(std::chrono::milliseconds(16));  // the demand came, its answer is on its way
    ASSERT_THAT(sent, SizeIs(2));
    ASSERT_THAT(received["erp"], SizeIs(1));
    destinations.clear();
    EXPECT_EQ(http.open(), 0U);
}

TEST_F(BoundToken, AKeyThatCannotBeUsedIsSaidBefore) {
    auto made = bound();
    made.oauth.dpop_key_pem = "no key";
    const auto checked = check(made);
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().message, AllOf(HasSubstr("erp"), HasSubstr("dpop_key_file")));
}

TEST_F(SourceWorld, AFeedThatWantsANonceGetsItAtOnce) {
    auto made = config();
    made.oauth.auth = ClientAuth::kClientSecretBasic;
    made.oauth.token_url = kTokenUrl;
    made.oauth.dpop_key_pem = key_pem();
    std::vector<std::string> nonces;
    fault = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (request.url == kTokenUrl) return http_answer(200, kGranted);
        EXPECT_THAT(request.headers, Contains(Pair("authorization", "DPoP t1")));
        nonces.push_back(nonce_in(request));
        if (nonces.back() == "s1") return {};
        return http_answer(401, "", {{"www-authenticate", R"(DPoP error="use_dpop_nonce")"}, {"dpop-nonce", "s1"}});
    };
    auto& source = open(made);
    run(std::chrono::seconds(2));
    EXPECT_EQ(visible(), wanted());
    EXPECT_EQ(source.status().cause, "");
    EXPECT_THAT(nonces, testing::ElementsAre("", "s1", "s1", "s1", "s1")) << "four pages";
}

}  // namespace
}  // namespace tillkeeper::sync
