// Logins at a server that nobody here wrote, through what happens to tokens, credentials and the server itself.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "tests/e2e/key_pair.h"
#include "tests/e2e/peers/oidc_login.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// All at once, each a destination of the same store: a further one costs no time.
const std::vector<Login> kLogins{
    {.name = "basic", .auth = "client_secret_basic"},
    {.name = "es256", .auth = "private_key_jwt", .algorithm = "ES256"},
    {.name = "rs256", .auth = "private_key_jwt", .algorithm = "RS256"},
    {.name = "issuer", .auth = "private_key_jwt", .algorithm = "ES256", .asks_issuer = true},
    {.name = "post", .auth = "client_secret_post", .names_resource = true},
    {.name = "tls", .auth = "tls_client_auth"},
    {.name = "self_signed", .auth = "self_signed_tls_client_auth"},
    {.name = "bound", .auth = "private_key_jwt", .algorithm = "ES256", .binds_tokens = true},
    {.name = "token", .auth = "private_key_jwt", .algorithm = "ES256", .binds_tokens = true, .in_token = true},
    {.name = "token_tls", .auth = "tls_client_auth", .in_token = true},
    {.name = "token_rsa", .auth = "private_key_jwt", .algorithm = "RS256", .in_token = true},
};

// [sync-5]
TEST_F(OidcLogin, IsRenewedWhileSalesFlowAndOutlivesTheProvider) {
    expect_to_outlive_the_provider(kLogins);
    if (HasFatalFailure()) return;
    EXPECT_EQ(peer_->stop_provider(), 0);
    EXPECT_EQ(peer_->stop_service(), 0);
}

// Each is refused by what the peer checks, not by what we think that it does; all of them are a person's to put right.
TEST_F(OidcLogin, ThatIsRefusedLosesNothing) {
    ASSERT_TRUE(write_file(file("other.secret"), "a guess\n", 0600));
    const auto made = make_key_pair(file("other.key"), file("other.pub"));
    ASSERT_TRUE(made) << made.error().message;
    const auto certified = make_certificate(file("other.key"), file("other.pem"), "wrong_certificate");
    ASSERT_TRUE(certified) << certified.error().message;
    const std::map<std::string, Spoil> spoils{
        {"wrong_secret", [&](DestinationSetup& setup) { setup.secret_file = file("other.secret"); }},
        {"wrong_client", [](DestinationSetup& setup) { setup.client_id = "nobody"; }},
        {"wrong_key", [&](DestinationSetup& setup) { setup.secret_file = file("other.key"); }},
        {"wrong_audience",
         [](DestinationSetup& setup) { setup.oauth_more += "audience = \"https://elsewhere.example\"\n"; }},
        {"wrong_certificate",
         [&](DestinationSetup& setup) {
             setup.secret_file = file("other.key");
             setup.certificate_file = file("other.pem").string();
         }},
        {"wrong_resource",
         [](DestinationSetup& setup) { setup.oauth_more += "resource = [\"https://elsewhere.example\"]\n"; }},
        {"no_key", [](DestinationSetup& setup) { setup.oauth_more = "scope = \"postings.write\"\n"; }},
        {"no_scope", [](DestinationSetup& setup) { setup.oauth_more.clear(); }},
    };
    open({{.name = "wrong_secret", .auth = "client_secret_basic"},
          {.name = "wrong_client", .auth = "client_secret_basic"},
          {.name = "wrong_key", .auth = "private_key_jwt", .algorithm = "ES256"},
          {.name = "wrong_audience", .auth = "private_key_jwt", .algorithm = "ES256"},
          {.name = "wrong_certificate", .auth = "tls_client_auth"},
          {.name = "wrong_resource", .auth = "client_secret_post"},
          {.name = "no_key", .auth = "client_secret_basic", .binds_tokens = true},
          {.name = "no_scope", .auth = "client_secret_basic"}},
         {}, [&](DestinationSetup& setup) { spoils.at(setup.name)(setup); });
    if (HasFatalFailure()) return;
    auto tills = sell(40, 0);
    const auto finished = tills.finish(kPatience);
    ASSERT_TRUE(finished) << finished.error().message;
    EXPECT_TRUE(all_wait("login", 40));
    for (const auto& login : peer_->logins()) {
        EXPECT_THAT(book(login.name), IsEmpty()) << login.name;
        const bool granted = login.name == "no_scope" || login.name == "wrong_resource";
        EXPECT_EQ(peer_->grants(login.name) > 0, granted) << login.name;
    }
    EXPECT_THAT(store_->agent().log(), Not(HasSubstr("a guess")));
    put_right();
    if (HasFatalFailure()) return;
    expect_each_sale_once(tills);
}

// To a provider an hour ahead each assertion has expired; tokens for another service are refused by ours.
TEST_F(OidcLogin, AtAProviderThatIsWrongLosesNothing) {
    const std::vector<Login> logins(kLogins.begin(), kLogins.begin() + 2);
    open(logins, {.clock_ahead = 1h, .resource = "https://elsewhere.example"});
    if (HasFatalFailure()) return;
    auto tills = sell(40, 0);
    EXPECT_TRUE(all_wait("login", 40));
    for (const auto& login : logins) {
        EXPECT_THAT(book(login.name), IsEmpty()) << login.name;
        EXPECT_EQ(peer_->grants(login.name) > 0, login.algorithm.empty()) << login.name;
    }
    EXPECT_EQ(peer_->stop_provider(), 0);
    const auto started = peer_->start_provider({});
    ASSERT_TRUE(started) << started.error().message;
    expect_each_sale_once(tills);
}

}  // namespace
}  // namespace tillkeeper::lab
