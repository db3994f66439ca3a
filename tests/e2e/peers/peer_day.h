// A day of a store whose sales go to a real system: what the tests of such systems have in common.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/json.h"
#include "tests/e2e/peers/peer_system.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/store.h"
#include "tests/e2e/tills.h"

namespace tillkeeper::lab {

// A transaction as the store's journal has it.
struct Booked {
    std::int64_t number = 0;
    std::string type = {};
    std::int64_t total = 0;  // in pence
    std::string member_id = {};
    std::string state = {};     // at that destination
    std::string document = {};  // there
    Json transaction = Json::parse("");
};

class PeerDay : public ::testing::Test {
  protected:
    void TearDown() override;

    // The system, and a store with the example's destination. `secret` is a file beside the filled cluster.
    void open(const PeerSetup& setup, const std::string& secret);
    // So many sales of real tills, where the file of them is here; else as real ones are.
    void sell(std::int64_t sales, std::uint64_t seed = 1);
    // While they are delivered: the network is cut, the system is killed, and twice the agent. `count` asks how many
    // the system has.
    void go_through_trouble(const std::string& count);
    [[nodiscard]] bool wait_rows(const std::string& count, std::int64_t at_least);
    [[nodiscard]] std::string state_of(const std::string& id, const std::string& destination) const;
    // All that was sold arrives at that destination; nothing is held or quarantined.
    void expect_all_delivered(const std::string& destination);
    // Further lines of the agent's configuration, and a new start.
    void add_destination(const std::string& lines);
    // A program that does not look before it makes something (`nothing`: what a search says that finds nothing), and to
    // which nothing counts but what it found once it was told that it is there.
    [[nodiscard]] static std::string blind(const std::string& program, const std::string& nothing);
    // All that a till heard to be accepted, by id.
    [[nodiscard]] std::map<std::string, Booked> journal(const std::string& destination);
    // The rows of a query, by their first column.
    [[nodiscard]] std::map<std::string, std::string> rows(const std::string& query);
    [[nodiscard]] std::filesystem::path agent_folder() const { return scratch_->path() / "agent"; }

    std::optional<Scratch> scratch_;  // first, so that it goes last
    std::optional<PeerSystem> peer_;
    std::optional<Store> store_;
    std::optional<Tills> tills_;
    std::string lines_ = {};  // of the configuration
    std::int64_t sales_ = 0;
};

// 1234 -> "12.34"
[[nodiscard]] std::string pounds(std::int64_t pence);

}  // namespace tillkeeper::lab
