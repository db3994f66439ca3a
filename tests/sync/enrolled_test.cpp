// A box that renews by the refresh token of a person's enrolment: where that stands at every moment, and whose it is.
#include <gmock/gmock.h>

#include "platform/certificates.h"
#include "sync/oauth_client.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kTokenUrl = "https://login.example/token";

// As a file of the agent.
class FakeLogin final : public StoredLogin {
  public:
    Result<std::string> token() override {
        if (kept.empty()) return fail(ErrorCode::kNotFound, "this box is not enrolled");
        return kept;
    }
    Result<void> replace(std::string_view used, std::string_view next) override {
        if (used == kept) kept = next;
        replaced.emplace_back(next);
        if (on_replace) on_replace();
        return {};
    }
    std::string remedy() const override { return "tillkeeper enroll erp"; }

    std::string kept = "r1";
    std::vector<std::string> replaced;
    std::function<void()> on_replace;
};

// A server that rotates, and takes a token that comes again for stolen (RFC 9700 section 4.14.2).
class Enrolled : public DestinationWorld {
  protected:
    Enrolled() {
        const auto cloud = http.respond;
        http.respond = [this, cloud](const HttpRequest& request) -> std::optional<HttpResponse> {
            if (request.url != kTokenUrl) return cloud(request);
            asked.push_back(request.body);
            return serve_token(request.body);
        };
    }
    std::optional<HttpResponse> serve_token(const std::string& body) {
        if (answer) return answer;
        const std::string good = "refresh_token=r" + std::to_string(number);
        if (!(body + '&').contains(good + '&')) return fakes::http_answer(400, R"({"error":"invalid_grant"})");
        ++number;
        return fakes::http_answer(200, R"({"access_token":"a)" + std::to_string(number) + R"(","expires_in":)" +
                                           std::to_string(lifetime) + R"(,"refresh_token":"r)" +
                                           std::to_string(number) + "\"}");
    }
    DestinationConfig enrolled(const std::string& name = "erp") {
        auto made = config(name);
        made.oauth.auth = ClientAuth::kPublic;
        made.oauth.token_url = kTokenUrl;
        made.oauth.client_id = "store 42";
        made.oauth.scope = "write";
        made.oauth.stored = &login;
        return made;
    }

    FakeLogin login;
    int number = 1;
    int lifetime = 100;
    std::optional<HttpResponse> answer;
    std::vector<std::string> asked;
};

// [sync-19]
TEST_F(Enrolled, each_renewal_uses_the_last_token_and_keeps_the_next_one_before_anything_is_sent) {
    sell("a");
    std::vector<std::size_t> received_before;
    login.on_replace = [&] { received_before.push_back(received["erp"].size()); };
    open(enrolled());
    run(200 * kSecond);
    EXPECT_EQ(asked.at(0), "grant_type=refresh_token&refresh_token=r1&scope=write&client_id=store+42");
    EXPECT_EQ(asked.at(1), "grant_type=refresh_token&refresh_token=r2&scope=write&client_id=store+42");
    EXPECT_EQ(received_before.at(0), 0U);
    EXPECT_EQ(received["erp"].front().authorization, "Bearer a2");
    EXPECT_THAT(login.replaced, ElementsAre("r2", "r3", "r4"));
}

TEST_F(Enrolled, a_token_that_is_not_replaced_stays) {
    answer = fakes::http_answer(200, R"({"access_token":"a1","expires_in":100})");
    sell("a");
    open(enrolled());
    run(200 * kSecond);
    EXPECT_THAT(asked, SizeIs(3));
    EXPECT_THAT(asked, Each(HasSubstr("refresh_token=r1&")));
    EXPECT_THAT(login.replaced, IsEmpty());
}

// Its old one is used up, whatever else is wrong with the answer.
TEST_F(Enrolled, the_next_token_is_kept_even_where_the_access_token_cannot_be_used) {
    answer = fakes::http_answer(200, R"({"access_token":"a1","token_type":"DPoP","refresh_token":"r2"})");
    auto& erp = open(enrolled());
    run(kSecond / 10);
    EXPECT_EQ(erp.status().cause, "login");
    EXPECT_EQ(login.kept, "r2");
}

TEST_F(Enrolled, a_box_that_nobody_enrolled_says_so_and_goes_on_when_somebody_did) {
    login.kept.clear();
    sell("a");
    auto& erp = open(enrolled());
    run(10 * kSecond);
    EXPECT_EQ(erp.status().cause, "login");
    EXPECT_THAT(asked, IsEmpty());
    login.kept = "r1";
    erp.retry_now();
    run(kSecond);
    EXPECT_EQ(erp.status().cause, "");
    EXPECT_THAT(delivered("erp"), SizeIs(1));
}

TEST_F(Enrolled, a_refused_token_is_the_cause_login_until_the_box_is_enrolled_again) {
    login.kept = "stolen";
    sell("a");
    auto& erp = open(enrolled());
    run(100 * kSecond);
    EXPECT_EQ(erp.status().cause, "login");
    EXPECT_THAT(delivered("erp"), IsEmpty());
    EXPECT_EQ(login.kept, "stolen") << "nothing is thrown away: the server may have been wrong";
    login.kept = "r1";
    run(120 * kSecond);
    EXPECT_EQ(erp.status().cause, "");
    EXPECT_THAT(delivered("erp"), SizeIs(1));
}

TEST_F(Enrolled, an_enrolment_that_crosses_a_refusal_counts_at_once) {
    login.kept = "old";
    bool first = true;
    const auto server = http.respond;
    http.respond = [&, server](const HttpRequest& request) {
        if (request.url == kTokenUrl && std::exchange(first, false)) login.kept = "r1";
        return server(request);
    };
    sell("a");
    open(enrolled());
    run(kSecond);
    EXPECT_THAT(asked, SizeIs(2));
    EXPECT_THAT(delivered("erp"), SizeIs(1));
}

// [sync-19] Whoever asked with a token that another one has just used would lock the box out.
TEST_F(Enrolled, those_who_share_it_renew_one_after_the_other) {
    lifetime = 10;
    http.latency = std::chrono::milliseconds(700);
    sell("a");
    for (const auto* name : {"erp", "oms", "crm"}) open(enrolled(name));
    run(600 * kSecond);
    EXPECT_GT(login.replaced.size(), 150U);
    for (const auto* name : {"erp", "oms", "crm"}) EXPECT_THAT(delivered(name), SizeIs(1)) << name;
    for (const auto& destination : destinations) EXPECT_EQ(destination->status().cause, "");
    EXPECT_EQ(login.replaced.size(), asked.size()) << "no token was shown twice";
}

TEST_F(Enrolled, one_that_is_destroyed_while_it_asks_leaves_the_turn_to_others) {
    http.latency = std::chrono::milliseconds(700);
    open(enrolled("erp"));
    run(kSecond / 10);
    ASSERT_THAT(asked, SizeIs(1));
    destinations.clear();
    EXPECT_TRUE(login.take_turn());
}

class Reread : public Enrolled {
  protected:
    DestinationConfig with_secret() {
        auto made = enrolled();
        made.oauth.stored = nullptr;
        made.oauth.auth = ClientAuth::kClientSecretBasic;
        made.oauth.client_secret = keys.value().client_secret;
        made.oauth.reread = [this] { return keys; };
        const auto cloud = http.respond;
        http.respond = [this, cloud](const HttpRequest& request) -> std::optional<HttpResponse> {
            if (request.url != kTokenUrl) return cloud(request);
            for (const auto& [name, value] : request.headers)
                if (name == "authorization") shown.push_back(value);
            if (shown.back() != basic_authorization("store 42", known)) return fakes::http_answer(401);
            return fakes::http_answer(200, R"({"access_token":"a1","expires_in":100})");
        };
        return made;
    }
    Result<ClientKeys> keys = ClientKeys{.client_secret = "one"};
    std::string known = "one";
    std::vector<std::string> shown;
};

// [sync-14]
TEST_F(Reread, a_new_secret_counts_from_the_next_renewal_on) {
    auto& erp = open(with_secret());
    run(kSecond);
    keys = ClientKeys{.client_secret = "two"};
    known = "two";
    run(100 * kSecond);
    EXPECT_THAT(shown, ElementsAre(basic_authorization("store 42", "one"), basic_authorization("store 42", "two")));
    EXPECT_EQ(erp.status().cause, "");
}

TEST_F(Reread, one_that_the_server_does_not_know_yet_leaves_the_old_one_in_use_and_is_tried_again) {
    auto& erp = open(with_secret());
    run(kSecond);
    keys = ClientKeys{.client_secret = "two"};
    run(100 * kSecond);
    EXPECT_THAT(shown, SizeIs(3)) << "old, new and refused, old";
    EXPECT_EQ(erp.status().cause, "");
    known = "two";
    run(80 * kSecond);
    EXPECT_THAT(shown, SizeIs(4));
    EXPECT_EQ(shown.back(), basic_authorization("store 42", "two"));
    EXPECT_EQ(erp.status().cause, "");
}

TEST_F(Reread, one_that_cannot_be_read_leaves_the_old_one_in_use) {
    auto& erp = open(with_secret());
    run(kSecond);
    keys = fail(ErrorCode::kInvalid, "erp.secret is empty");
    run(100 * kSecond);
    EXPECT_THAT(shown, SizeIs(2));
    EXPECT_EQ(erp.status().cause, "");
}

TEST_F(Reread, a_key_that_is_none_leaves_the_old_one_in_use) {
    const auto a_key = [] {
        return make_authority("a key", std::chrono::sys_days(std::chrono::year(2100) / 1 / 1)).value().key_pem;
    };
    OAuthClient client;
    client.auth = ClientAuth::kPublic;
    client.dpop_key_pem = a_key();
    Result<ClientKeys> in_file = ClientKeys{.dpop_key_pem = client.dpop_key_pem};
    client.reread = [&] { return in_file; };
    auto proof = ClientProof::make(client).value();
    const auto first = proof.dpop_key()->public_jwk().value();
    EXPECT_FALSE(proof.refresh(client).value());
    in_file = ClientKeys{.dpop_key_pem = "half a ke"};
    EXPECT_FALSE(proof.refresh(client));
    EXPECT_EQ(proof.dpop_key()->public_jwk().value(), first);
    in_file = ClientKeys{.dpop_key_pem = a_key()};
    EXPECT_TRUE(proof.refresh(client).value());
    EXPECT_NE(proof.dpop_key()->public_jwk().value(), first);
    proof.reopen();
    EXPECT_FALSE(proof.refresh(client).value()) << "opened again, and the same";
}

}  // namespace
}  // namespace tillkeeper::sync
