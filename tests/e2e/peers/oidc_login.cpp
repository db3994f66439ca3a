#include "tests/e2e/peers/oidc_login.h"

#include <algorithm>
#include <iostream>
#include <utility>

namespace tillkeeper::lab {
namespace {

constexpr int kTills = 2;

}  // namespace

void OidcLogin::SetUp() {
    auto scratch = Scratch::make("tillkeeper-oidc");
    ASSERT_TRUE(scratch) << scratch.error().message;
    scratch_.emplace(std::move(*scratch));
}

void OidcLogin::TearDown() {
    if (!HasFailure() || !scratch_) return;
    scratch_->keep();
    std::cerr << "logs are in " << scratch_->path() << '\n';
}

void OidcLogin::open(const std::vector<Login>& logins, const ProviderSetup& provider, const Spoil& spoil) {
    auto peer = OidcPeer::start(file("peer"), logins, provider);
    ASSERT_TRUE(peer) << peer.error().message;
    peer_.emplace(std::move(*peer));
    StoreSetup setup{.tills = till_names(kTills)};
    setup.agent.destinations = destinations(spoil);
    setup.agent.environment = peer_->environment();
    auto store = Store::open(scratch_->path(), std::move(setup));
    ASSERT_TRUE(store) << store.error().message;
    store_.emplace(std::move(*store));
}

std::vector<DestinationSetup> OidcLogin::destinations(const Spoil& spoil) const {
    std::vector<DestinationSetup> all;
    for (const auto& login : peer_->logins()) {
        all.push_back(peer_->destination(login));
        if (spoil) spoil(all.back());
    }
    return all;
}

void OidcLogin::put_right() {
    EXPECT_EQ(store_->agent().stop(), 0);
    AgentSetup setup = store_->agent().setup();
    setup.destinations = destinations();
    auto agent = Agent::make(file("agent"), std::move(setup));
    ASSERT_TRUE(agent) << agent.error().message;
    store_->agent() = std::move(*agent);
    const auto started = store_->agent().start();
    ASSERT_TRUE(started) << started.error().message;
}

Tills OidcLogin::sell(std::int64_t sales, int per_second) {
    auto tills = Tills::start(file("tills"), store_->broker(),
                              {.tills = kTills, .sales = sales, .per_second = per_second, .library = true});
    EXPECT_TRUE(tills) << tills.error().message;
    return std::move(tills.value());
}

std::string OidcLogin::cause_of(const std::string& name) const {
    const auto status = store_->agent().status();
    return status ? (*status)["destinations"][name.c_str()]["cause"].text() : "?";
}

bool OidcLogin::all_wait(const std::string& cause, std::int64_t behind) const {
    const auto waits = [&] {
        const auto status = store_->agent().status();
        return status && std::ranges::all_of(peer_->logins(), [&](const Login& login) {
                   const auto destination = (*status)["destinations"][login.name.c_str()];
                   return destination["cause"].text() == cause && destination["behind"].number() >= behind;
               });
    };
    return wait_until(waits, kPatience, std::chrono::milliseconds(20), [] {});
}

Effects OidcLogin::book(const std::string& name) const {
    auto effects = peer_->effects(name);
    EXPECT_TRUE(effects) << effects.error().message;
    return effects ? std::move(*effects) : Effects{};
}

void OidcLogin::expect_each_sale_once(Tills& tills) {
    const auto finished = tills.finish(kPatience);
    ASSERT_TRUE(finished) << finished.error().message;
    const auto sold = static_cast<std::size_t>(tills.tally().sold);
    std::vector<std::pair<std::string, Effects>> books;
    for (const auto& login : peer_->logins()) {
        const auto complete = [&] { return book(login.name).size() >= sold; };
        EXPECT_TRUE(wait_until(complete, kPatience, std::chrono::milliseconds(20), [] {})) << login.name;
        books.emplace_back(login.name, book(login.name));
    }
    const auto ledger = balance(tills.tally().sold, tills.accepted_ids(), books);
    EXPECT_TRUE(ledger.agrees()) << ledger.line();
}

void OidcLogin::expect_to_outlive_the_provider(const std::vector<Login>& logins) {
    open(logins);
    if (HasFatalFailure()) return;
    auto tills = sell(kUntilClosed, 10);
    const auto renewed = [&] {
        return std::ranges::all_of(logins, [&](const Login& login) { return peer_->grants(login.name) >= 2; });
    };
    ASSERT_TRUE(wait_until(renewed, kPatience, std::chrono::milliseconds(20), [] {}));
    for (const auto& login : logins) EXPECT_FALSE(book(login.name).empty()) << login.name;

    peer_->kill_provider();
    const auto accepted = tills.tally().accepted;
    // What has a token goes on as long as that lives: only then so many wait.
    ASSERT_TRUE(all_wait("service", 20));
    EXPECT_GE(tills.tally().accepted, accepted + 20) << "selling waits for a login";
    EXPECT_TRUE(tills.running()) << "nothing was sold meanwhile";

    const auto started = peer_->start_provider({});
    ASSERT_TRUE(started) << started.error().message;
    tills.say("close");
    expect_each_sale_once(tills);
    for (const auto& login : logins) EXPECT_GE(peer_->grants(login.name), 1) << login.name;
}

}  // namespace tillkeeper::lab
