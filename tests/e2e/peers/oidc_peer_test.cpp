// Logins at a server that nobody here wrote, through what happens to tokens, credentials and the server itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/key_pair.h"
#include "tests/e2e/peers/oidc_peer.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/store.h"
#include "tests/e2e/tills.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto kPatience = 60s;
constexpr int kTills = 2;

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
};

class OidcLogin : public ::testing::Test {
  protected:
    using Spoil = std::function<void(DestinationSetup&)>;

    void SetUp() override {
        auto scratch = Scratch::make("tillkeeper-oidc");
        ASSERT_TRUE(scratch) << scratch.error().message;
        scratch_.emplace(std::move(*scratch));
    }
    void TearDown() override {
        if (!HasFailure() || !scratch_) return;
        scratch_->keep();
        std::cerr << "logs are in " << scratch_->path() << '\n';
    }

    [[nodiscard]] std::filesystem::path file(const std::string& name) const { return scratch_->path() / name; }

    void open(const std::vector<Login>& logins, const ProviderSetup& provider = {}, const Spoil& spoil = {}) {
        auto peer = OidcPeer::start(file("peer"), logins, provider);
        ASSERT_TRUE(peer) << peer.error().message;
        peer_.emplace(std::move(*peer));
        StoreSetup setup{.tills = till_names(kTills)};
        setup.agent.destinations = destinations(spoil);
        auto store = Store::open(scratch_->path(), std::move(setup));
        ASSERT_TRUE(store) << store.error().message;
        store_.emplace(std::move(*store));
    }
    [[nodiscard]] std::vector<DestinationSetup> destinations(const Spoil& spoil = {}) const {
        std::vector<DestinationSetup> all;
        for (const auto& login : peer_->logins()) {
            all.push_back(peer_->destination(login));
            if (spoil) spoil(all.back());
        }
        return all;
    }
    // As an operator does: a configuration put right, and a new start.
    void put_right() {
        EXPECT_EQ(store_->agent().stop(), 0);
        AgentSetup setup = store_->agent().setup();
        setup.destinations = destinations();
        auto agent = Agent::make(file("agent"), std::move(setup));
        ASSERT_TRUE(agent) << agent.error().message;
        store_->agent() = std::move(*agent);
        const auto started = store_->agent().start();
        ASSERT_TRUE(started) << started.error().message;
    }

    Tills sell(std::int64_t sales, int per_second) {
        auto tills = Tills::start(file("tills"), store_->broker(),
                                  {.tills = kTills, .sales = sales, .per_second = per_second, .library = true});
        EXPECT_TRUE(tills) << tills.error().message;
        return std::move(tills.value());
    }
    // Every destination waits for that cause, with at least so many sales.
    [[nodiscard]] bool all_wait(const std::string& cause, std::int64_t behind) const {
        const auto waits = [&] {
            const auto status = store_->agent().status();
            return status && std::ranges::all_of(peer_->logins(), [&](const Login& login) {
                       const auto destination = (*status)["destinations"][login.name.c_str()];
                       return destination["cause"].text() == cause && destination["behind"].number() >= behind;
                   });
        };
        return wait_until(waits, kPatience, 20ms, [] {});
    }
    [[nodiscard]] Effects book(const std::string& name) const {
        auto effects = peer_->effects(name);
        EXPECT_TRUE(effects) << effects.error().message;
        return effects ? std::move(*effects) : Effects{};
    }
    // In each book; no answer was lost, so that none came twice.
    void expect_each_sale_once(Tills& tills) {
        const auto finished = tills.finish(kPatience);
        ASSERT_TRUE(finished) << finished.error().message;
        const auto sold = static_cast<std::size_t>(tills.tally().sold);
        std::vector<std::pair<std::string, Effects>> books;
        for (const auto& login : peer_->logins()) {
            const auto complete = [&] { return book(login.name).size() >= sold; };
            EXPECT_TRUE(wait_until(complete, kPatience, 20ms, [] {})) << login.name;
            books.emplace_back(login.name, book(login.name));
        }
        const auto ledger = balance(tills.tally().sold, tills.accepted_ids(), books);
        EXPECT_TRUE(ledger.agrees()) << ledger.line();
    }

    std::optional<Scratch> scratch_;  // first, so that it goes last
    std::optional<OidcPeer> peer_;
    std::optional<Store> store_;
};

// [sync-5]
TEST_F(OidcLogin, IsRenewedWhileSalesFlowAndOutlivesTheProvider) {
    open(kLogins);
    if (HasFatalFailure()) return;
    auto tills = sell(200, 10);
    const auto renewed = [&] {
        return std::ranges::all_of(kLogins, [&](const Login& login) { return peer_->grants(login.name) >= 2; });
    };
    ASSERT_TRUE(wait_until(renewed, kPatience, 20ms, [] {}));
    for (const auto& login : kLogins) EXPECT_FALSE(book(login.name).empty()) << login.name;

    peer_->kill_provider();
    const auto accepted = tills.tally().accepted;
    // What has a token goes on as long as that lives: only then so many wait.
    ASSERT_TRUE(all_wait("service", 20));
    EXPECT_GE(tills.tally().accepted, accepted + 20) << "selling waits for a login";
    EXPECT_TRUE(tills.running()) << "nothing was sold meanwhile";

    const auto started = peer_->start_provider({});
    ASSERT_TRUE(started) << started.error().message;
    tills.say("pace 0");
    expect_each_sale_once(tills);
    for (const auto& login : kLogins) EXPECT_GE(peer_->grants(login.name), 1) << login.name;
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
