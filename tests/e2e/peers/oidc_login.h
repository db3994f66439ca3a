// A store whose destinations sign in at the peer, for tests of logins.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/peers/oidc_peer.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/store.h"
#include "tests/e2e/tills.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {

inline constexpr auto kPatience = std::chrono::minutes(5);  // for slow machines with much else to do

class OidcLogin : public ::testing::Test {
  protected:
    using Spoil = std::function<void(DestinationSetup&)>;

    void SetUp() override;
    void TearDown() override;

    [[nodiscard]] std::filesystem::path file(const std::string& name) const { return scratch_->path() / name; }
    void open(const std::vector<Login>& logins, const ProviderSetup& provider = {}, const Spoil& spoil = {});
    [[nodiscard]] std::vector<DestinationSetup> destinations(const Spoil& spoil = {}) const;
    // As an operator does: a configuration put right, and a new start.
    void put_right();

    Tills sell(std::int64_t sales, int per_second);
    // Every destination waits for that cause, with at least so many sales.
    [[nodiscard]] bool all_wait(const std::string& cause, std::int64_t behind) const;
    [[nodiscard]] std::string cause_of(const std::string& name) const;  // "?" when nobody can say
    [[nodiscard]] Effects book(const std::string& name) const;
    // In each book; no answer was lost, so that none came twice.
    void expect_each_sale_once(Tills& tills);
    // 200 sales are in each book though tokens run out meanwhile, and the provider is killed and comes back.
    void expect_to_outlive_the_provider(const std::vector<Login>& logins);

    std::optional<Scratch> scratch_;  // first, so that it goes last
    std::optional<OidcPeer> peer_;
    std::optional<Store> store_;
};

}  // namespace tillkeeper::lab
