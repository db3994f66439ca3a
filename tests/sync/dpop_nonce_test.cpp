// The nonces that servers want in a proof (RFC 9449 section 8).
#include <gmock/gmock.h>

#include "sync/dpop_proof.h"
#include "tests/fakes/fake_http.h"

namespace tillkeeper::sync {
namespace {

using fakes::http_answer;

TEST(DpopNonces, AreTakenInFormOnly) {
    const auto nonce = [](const std::string& value) {
        return std::string(dpop_nonce(http_answer(200, "", {{"dpop-nonce", value}})));
    };
    EXPECT_EQ(nonce("eyJ7S_zG.eyJH0-Z.HX4w-7v"), "eyJ7S_zG.eyJH0-Z.HX4w-7v");
    EXPECT_EQ(nonce(std::string(1024, 'n')), std::string(1024, 'n'));
    for (const std::string& bad : {std::string(1025, 'n'), std::string("a b"), std::string("a\"b"), std::string("a\\b"),
                                   std::string("a\x7f"), std::string("\xc3\xa4"), std::string(1, '\0')})
        EXPECT_EQ(nonce(bad), "") << bad;
    EXPECT_EQ(dpop_nonce(http_answer(200)), "");
}

TEST(DpopNonces, AreWantedWhereAServerSaysSo) {
    const std::pair<std::string, std::string> nonce{"dpop-nonce", "n"};
    const std::string error = R"({"error":"use_dpop_nonce","error_description":"…"})";
    const std::pair<std::string, std::string> challenge{"www-authenticate",
                                                        R"(DPoP error="use_dpop_nonce", algs="ES256")"};
    EXPECT_TRUE(wants_dpop_nonce(http_answer(400, error, {nonce})));
    EXPECT_TRUE(wants_dpop_nonce(http_answer(401, "", {nonce, challenge})));
    EXPECT_TRUE(wants_dpop_nonce(http_answer(401, "", {{"www-authenticate", "Bearer"}, challenge, nonce})));
    EXPECT_FALSE(wants_dpop_nonce(http_answer(400, error))) << "and brings none";
    EXPECT_FALSE(wants_dpop_nonce(http_answer(401, "", {challenge, {"dpop-nonce", "a b"}})));
    EXPECT_FALSE(wants_dpop_nonce(http_answer(400, R"({"error":"invalid_dpop_proof"})", {nonce})));
    EXPECT_FALSE(wants_dpop_nonce(http_answer(400, "use_dpop_nonce", {nonce})));
    EXPECT_FALSE(
        wants_dpop_nonce(http_answer(401, error, {nonce, {"www-authenticate", R"(DPoP error="invalid_token")"}})));
    EXPECT_FALSE(wants_dpop_nonce(http_answer(403, error, {nonce, challenge})));
    EXPECT_FALSE(wants_dpop_nonce(http_answer(200, error, {nonce, challenge})));
}

TEST(DpopNonces, AreShownToTheirOriginOnly) {
    DpopNonce nonce;
    EXPECT_EQ(nonce.of("https://a.example/x"), "");
    nonce.learn("https://a.example/x?y", http_answer(200, "", {{"dpop-nonce", "n1"}}));
    EXPECT_EQ(nonce.of("https://A.example:443/z"), "n1");
    EXPECT_EQ(nonce.of("https://a.example:8443/x"), "");
    EXPECT_EQ(nonce.of("https://b.example/x"), "");
    nonce.learn("https://a.example/", http_answer(503));
    EXPECT_EQ(nonce.of("https://a.example/x"), "n1") << "an answer without one says nothing";
    nonce.learn("https://b.example/", http_answer(401, "", {{"dpop-nonce", "n2"}}));
    EXPECT_EQ(nonce.of("https://b.example/x"), "n2");
    EXPECT_EQ(nonce.of("https://a.example/x"), "");
}

}  // namespace
}  // namespace tillkeeper::sync
