// Where tokens are got, when only the issuer is known (RFC 8414): addresses, documents, and what happens when they
// fail.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "sync/oauth_discovery.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kIssuer = "https://login.example";
const std::string kByOAuth = kIssuer + "/.well-known/oauth-authorization-server";
const std::string kByOpenId = kIssuer + "/.well-known/openid-configuration";
const std::string kToken = kIssuer + "/token";

std::string metadata(const std::string& endpoint, const std::string& issuer = kIssuer) {
    return R"({"issuer":")" + issuer + R"(","token_endpoint":")" + endpoint + R"("})";
}

TEST(Discovery, AsksWhereTheTwoSpecificationsSay) {
    EXPECT_THAT(metadata_addresses(kIssuer), ElementsAre(kByOAuth, kByOpenId));
    EXPECT_THAT(metadata_addresses(kIssuer + "/"), ElementsAre(kByOAuth, kByOpenId));
    for (const std::string issuer : {"https://example.com/issuer1", "https://example.com/issuer1/"})
        EXPECT_THAT(metadata_addresses(issuer),
                    ElementsAre("https://example.com/.well-known/oauth-authorization-server/issuer1",
                                "https://example.com/issuer1/.well-known/openid-configuration"));
}

TEST(Discovery, ReadsTheTokenEndpointOfExactlyThisIssuer) {
    EXPECT_EQ(token_endpoint(" " + metadata(kToken) + "\n", kIssuer, false), kToken);
    for (const std::string& other : {kIssuer + "/", std::string("https://LOGIN.example"), std::string("https://login")})
        EXPECT_FALSE(token_endpoint(metadata(kToken, other), kIssuer, false)) << other;
    for (const std::string bad : {"http://login.example/token", "https://", "https:///token", "https://a b", "token",
                                  "https://login.example/token#x", "https://a\\r\\nHost: b", ""})
        EXPECT_FALSE(token_endpoint(metadata(bad), kIssuer, false)) << bad;
    EXPECT_FALSE(token_endpoint(metadata("https://" + std::string(2048, 'x')), kIssuer, false));
    for (const std::string bad : {"", "{}", "[]", "7", "<html>", R"({"issuer":["https://login.example"]})",
                                  R"({"issuer":"https://login.example","token_endpoint":null})"})
        EXPECT_FALSE(token_endpoint(bad, kIssuer, false)) << bad;
    const std::string whole = metadata(kToken);
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(token_endpoint(whole.substr(0, size), kIssuer, false)) << size;
}

TEST(Discovery, ClientsWithACertificateHaveAnEndpointOfTheirOwnWhereOneIsNamed) {
    const std::string both = R"({"issuer":"https://login.example","token_endpoint":"https://login.example/token",)"
                             R"("mtls_endpoint_aliases":{"token_endpoint":"https://mtls.example/token"}})";
    EXPECT_EQ(token_endpoint(both, kIssuer, true), "https://mtls.example/token");
    EXPECT_EQ(token_endpoint(both, kIssuer, false), kToken);
    EXPECT_EQ(token_endpoint(metadata(kToken), kIssuer, true), kToken);
}

class LookedUp : public DestinationWorld {
  protected:
    LookedUp() {
        const auto cloud = http.respond;
        http.respond = [this, cloud](const HttpRequest& request) -> std::optional<HttpResponse> {
            if (request.url.starts_with("https://erp.example")) return cloud(request);
            asked.push_back(request.url);
            const auto site = sites.find(request.url);
            return site == sites.end() ? fakes::http_answer(404) : site->second;
        };
        sites[kByOAuth] = fakes::http_answer(200, metadata(kToken));
        sites[kToken] = fakes::http_answer(200, R"({"access_token":"t1","expires_in":36000})");
    }
    Destination& begin() {
        auto made = config();
        made.oauth.auth = ClientAuth::kClientSecretBasic;
        made.oauth.issuer = kIssuer;
        made.oauth.client_id = "store-0042";
        made.oauth.client_secret = "s3cret";
        if (till_of.empty()) sell("a");
        return open(made);
    }
    [[nodiscard]] auto times(const std::string& url) const { return std::ranges::count(asked, url); }

    std::map<std::string, HttpResponse> sites;
    std::vector<std::string> asked;
};

TEST_F(LookedUp, TheEndpointIsKeptForADay) {
    begin();
    run(kSecond);
    EXPECT_THAT(asked, ElementsAre(kByOAuth, kToken));
    EXPECT_THAT(delivered("erp"), SizeIs(1));
    sites[kByOAuth] = fakes::http_answer(200, metadata(kIssuer + "/moved"));
    sites[kIssuer + "/moved"] = sites[kToken];
    run(23 * kHour);
    EXPECT_EQ(times(kByOAuth), 1);
    EXPECT_GE(times(kToken), 3);
    run(12 * kHour);
    EXPECT_EQ(times(kByOAuth), 2);
    EXPECT_GE(times(kIssuer + "/moved"), 1);
}

TEST_F(LookedUp, TheSecondPlaceIsAskedWhereTheFirstHasNothingToBeBelieved) {
    sites[kByOpenId] = fakes::http_answer(200, metadata(kToken));
    for (const auto& first : {fakes::http_answer(404), fakes::http_answer(200, "<html>"),
                              fakes::http_answer(200, metadata(kToken, "https://other.example"))}) {
        destinations.clear();
        asked.clear();
        sites[kByOAuth] = first;
        begin();
        run(kSecond);
        EXPECT_THAT(asked, ElementsAre(kByOAuth, kByOpenId, kToken));
    }
}

TEST_F(LookedUp, NothingIsSentToAnEndpointThatAnotherIssuerNames) {
    for (const std::string& document :
         {metadata(kToken, "https://other.example"), metadata("http://login.example/t")}) {
        destinations.clear();
        asked.clear();
        sites[kByOAuth] = sites[kByOpenId] = fakes::http_answer(200, document);
        auto& erp = begin();
        run(10 * kSecond);
        EXPECT_EQ(erp.status().cause, "service");
        EXPECT_EQ(times(kToken), 0);
        for (const auto& request : http.requests) EXPECT_EQ(request.body.find("grant_type"), std::string::npos);
    }
    EXPECT_THAT(delivered("erp"), IsEmpty());
}

// [sync-5]
TEST_F(LookedUp, WhatTheNetworkSaysIsTheCauseAndNoBudgetIsSpent) {
    sites[kByOAuth] = fakes::http_failure(TransportFailure::kNoRoute);
    auto& erp = begin();
    run(24 * kHour);
    EXPECT_EQ(erp.status().cause, "no_route");
    EXPECT_EQ(times(kByOpenId), 0);
    EXPECT_THAT(delivered("erp"), IsEmpty());
    sites[kByOAuth] = fakes::http_answer(200, metadata(kToken));
    erp.retry_now();
    run(kSecond);
    EXPECT_EQ(erp.status().cause, "");
    EXPECT_THAT(delivered("erp"), SizeIs(1));
}

TEST_F(LookedUp, AnEndpointThatFailsIsLookedUpAgain) {
    sites[kToken] = fakes::http_answer(404);
    auto& erp = begin();
    run(kSecond);
    EXPECT_EQ(erp.status().cause, "login");
    sites[kByOAuth] = fakes::http_answer(200, metadata(kIssuer + "/moved"));
    sites[kIssuer + "/moved"] = fakes::http_answer(200, R"({"access_token":"t1"})");
    run(120 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(1));
}

TEST_F(LookedUp, TheEndpointOfYesterdayServesWhileThereIsNoMetadata) {
    begin();
    run(kSecond);
    sites[kByOAuth] = fakes::http_answer(503);
    run(40 * kHour);
    EXPECT_GE(times(kByOAuth), 2);
    sell("b");
    wake_all();
    run(kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(2));
}

}  // namespace
}  // namespace tillkeeper::sync
