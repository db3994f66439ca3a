// What ends by a date of its own. [agent-51]
#include "agent/known_ends.h"

#include <gtest/gtest.h>

#include "agent/bus_access/bus_certificates.h"
#include "agent/bus_access/renewal.h"
#include "tests/storage/folder.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;

const WallTime kNow = parse_rfc3339("2026-11-22T10:00:00Z").value();

std::vector<sync::SourceStatus> copies(std::optional<WallTime> as_of) {
    std::vector<sync::SourceStatus> all(2);
    all[0].collection = "members";
    all[0].mirror.as_of = kNow;
    all[1].collection = "prices";
    all[1].mirror.as_of = as_of;
    return all;
}

TEST(KnownEnds, PricesAreGoodForAsLongAsTheirCopyIsFresh) {
    Config config;
    config.collections.resize(1);
    config.collections[0].collection = "prices";
    config.collections[0].fresh = 36h;
    const auto ends = known_ends(config, copies(kNow - 1h), kNow);
    ASSERT_EQ(ends.size(), 1U) << "members have no such end";
    EXPECT_EQ(ends[0].what, RunwayLimit::kPrices);
    EXPECT_EQ(ends[0].when, kNow + 35h);
    EXPECT_TRUE(known_ends(config, copies(std::nullopt), kNow).empty()) << "never fetched";
    EXPECT_TRUE(known_ends(Config{}, copies(kNow), kNow).empty()) << "not configured any more";
}

TEST(KnownEnds, WhatTheBoxRenewsByItselfIsNone_UnlessItIsOverdue) {
    const storage::Folder folder;
    Config config;
    config.broker_folder = folder.path();
    config.bus.host = "127.0.0.1";
    ASSERT_TRUE(keep_bus_certificates(config, kNow));
    const auto fresh = known_ends(config, {}, kNow);
    ASSERT_EQ(fresh.size(), 1U) << "the store's CA alone";
    EXPECT_EQ(fresh[0].what, RunwayLimit::kCertificate);
    EXPECT_GT(fresh[0].when, kNow + kAuthorityLife / 2);
    const auto overdue = known_ends(config, {}, kNow + kServerLife - std::chrono::days(10));
    EXPECT_EQ(overdue.size(), 3U) << "nobody renewed the broker's and the agent's";
}

}  // namespace
}  // namespace tillkeeper::agent
