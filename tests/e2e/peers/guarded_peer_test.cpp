// Logins at a service behind Apache: both the server that gives the tokens and the one that judges them are others'
// work.
#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "tests/e2e/json.h"
#include "tests/e2e/key_pair.h"
#include "tests/e2e/peers/oidc_login.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using ::testing::ContainerEq;
using ::testing::IsEmpty;

class GuardedLogin : public OidcLogin {};

// Backoff needs a minute for so many, a loop a fraction of a second.
constexpr int kGrantsMax = 12;

// A bearer's token, one bound to a certificate, and one bound to a key.
// [sync-5]
TEST_F(GuardedLogin, IsRenewedWhileSalesFlowAndOutlivesTheProvider) {
    expect_to_outlive_the_provider(
        {{.name = "basic", .auth = "client_secret_basic", .guarded = true},
         {.name = "tls", .auth = "tls_client_auth", .guarded = true},
         {.name = "bound", .auth = "private_key_jwt", .algorithm = "ES256", .binds_tokens = true, .guarded = true}});
    if (HasFatalFailure()) return;
    EXPECT_EQ(peer_->stop_guard(), 0);
}

// Each token is fresh, and Apache refuses it for ever.
TEST_F(GuardedLogin, ThatIsRefusedIsNotRenewedInALoopAndLosesNothing) {
    const auto at = [](const std::string& place) {
        return [place](DestinationSetup& setup) {
            setup.url.replace(setup.url.find("/bearer/"), std::string("/bearer/").size(), place);
        };
    };
    const std::map<std::string, Spoil> spoils{
        {"wrong_kind", at("/certificate/")},
        {"wrong_scheme", at("/key/")},
        {"wrong_resource",
         [](DestinationSetup& setup) { setup.oauth_more += "resource = [\"https://elsewhere.example\"]\n"; }},
        {"no_scope", [](DestinationSetup& setup) { setup.oauth_more.clear(); }},
    };
    open({{.name = "wrong_kind", .auth = "client_secret_basic", .guarded = true},
          {.name = "wrong_scheme", .auth = "client_secret_basic", .guarded = true},
          {.name = "wrong_resource", .auth = "client_secret_basic", .guarded = true},
          {.name = "no_scope", .auth = "client_secret_basic", .guarded = true}},
         {.lifetime = 600s}, [&](DestinationSetup& setup) { spoils.at(setup.name)(setup); });
    if (HasFatalFailure()) return;
    auto tills = sell(40, 0);
    EXPECT_TRUE(all_wait("login", 40));
    for (const auto& login : peer_->logins()) {
        EXPECT_THAT(book(login.name), IsEmpty()) << login.name;
        EXPECT_LE(peer_->grants(login.name), kGrantsMax) << login.name;
    }
    put_right();
    if (HasFatalFailure()) return;
    expect_each_sale_once(tills);
}

// That the judge judges: what is told to those who show a token that is not theirs, or not theirs any more.
TEST_F(GuardedLogin, IsNobodyElses) {
    auto peer =
        OidcPeer::start(file("peer"),
                        {{.name = "basic", .auth = "client_secret_basic", .guarded = true},
                         {.name = "tls", .auth = "tls_client_auth", .guarded = true},
                         {.name = "bound", .auth = "client_secret_basic", .binds_tokens = true, .guarded = true}},
                        {});
    ASSERT_TRUE(peer) << peer.error().message;
    const auto foreign = file("peer") / "foreign.key";
    const auto made = make_key_pair(foreign, file("peer") / "foreign.pub");
    ASSERT_TRUE(made) << made.error().message;
    const auto certified = make_certificate(foreign, file("peer") / "foreign.pem", "tls");
    ASSERT_TRUE(certified) << certified.error().message;
    const auto told = peer->visit();
    ASSERT_TRUE(told) << told.error().message;
    const std::map<std::string, std::int64_t> expected{
        {"bearer", 200},
        {"bearer: as somebody else", 403},
        {"bearer: without", 401},
        {"bearer: of another issuer", 401},
        {"bearer: for another service", 401},
        {"bearer: without scope", 401},
        {"bearer: expired", 401},
        {"certificate", 200},
        {"certificate: without", 401},
        {"certificate: foreign", 401},
        {"certificate: token of a bearer", 401},
        {"key", 200},
        {"key: without proof", 401},
        {"key: foreign proof", 401},
        {"key: proof for elsewhere", 401},
        {"key: proof once more", 401},
        {"key: as bearer", 401},
    };
    EXPECT_THAT(*told, ContainerEq(expected));
}

}  // namespace
}  // namespace tillkeeper::lab
