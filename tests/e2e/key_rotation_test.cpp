// The journal's key changes while tills sell, and while everything is killed. [storage-10]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "tests/e2e/lab.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 120s;
const std::string kFirstKey(64, '7');

class KeyRotation : public ::testing::Test {
  protected:
    void SetUp() override {
        auto keys = Scratch::make("tillkeeper-rotation-key");
        ASSERT_TRUE(keys) << keys.error().message;
        keys_.emplace(std::move(*keys));
        ASSERT_TRUE(write_file(key_file(), kFirstKey + "\n", 0600));
        LabOptions options{.name = "tillkeeper-rotation", .tills = 2};
        options.agent.more = "\n[journal]\nkey_file = \"" + key_file().string() + "\"\n";
        auto lab = Lab::open(options);
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
    }
    void TearDown() override {
        if (!HasFailure() || !lab_) return;
        lab_->folder().keep();
        std::cerr << "the store is in " << lab_->folder().path() << '\n';
    }

    [[nodiscard]] std::filesystem::path key_file() const { return keys_->path() / "journal.key"; }
    [[nodiscard]] std::int64_t keys_in_file() const { return std::ranges::count(read_file(key_file()), '\n'); }
    Tills sell(std::int64_t sales, int per_second) {
        TillsSetup setup;
        setup.library = true;
        setup.in_flight = 1;
        setup.sales = sales;
        setup.per_second = per_second;
        auto tills = lab_->sell(setup);
        EXPECT_TRUE(tills) << tills.error().message;
        return std::move(tills.value());
    }
    int command(std::vector<std::string> arguments) {
        const auto result = lab_->agent().command(std::move(arguments));
        EXPECT_TRUE(result) << result.error().message;
        if (result && result->status != 0) std::cerr << result->output << result->errors;
        return result ? result->status : -1;
    }
    void expect_sealed_with_one_new_key() {
        EXPECT_EQ(command({"key", "status"}), 0);
        EXPECT_EQ(keys_in_file(), 1);
        EXPECT_NE(read_file(key_file()), kFirstKey + "\n");
        EXPECT_EQ(std::filesystem::status(key_file()).permissions(), std::filesystem::perms(0600));
        EXPECT_EQ(command({"verify"}), 0);
    }
    void expect_books_agree(Tills& tills) {
        tills.say("close");
        const auto finished = tills.finish(kPatience);
        ASSERT_TRUE(finished) << finished.error().message;
        EXPECT_TRUE(lab_->wait_delivered(tills.tally().sold, kPatience));
        const auto ledger = lab_->settle(tills);
        ASSERT_TRUE(ledger) << ledger.error().message;
        EXPECT_TRUE(ledger->agrees()) << ledger->line();
    }

    std::optional<Scratch> keys_;
    std::unique_ptr<Lab> lab_;
};

TEST_F(KeyRotation, WhileTillsSell) {
    auto tills = sell(kUntilClosed, 300);
    ASSERT_TRUE(wait_until([&] { return tills.tally().accepted >= 300; }, kPatience));
    EXPECT_EQ(command({"key", "rotate"}), 0);
    const auto accepted = tills.tally().accepted;
    EXPECT_TRUE(wait_until([&] { return tills.tally().accepted > accepted; }, kPatience));
    expect_sealed_with_one_new_key();
    expect_books_agree(tills);
    EXPECT_EQ(lab_->agent().stop(), 0);
    EXPECT_EQ(command({"verify"}), 0) << "the stopped journal, with the new key alone";
    ASSERT_TRUE(lab_->agent().start());
    expect_sealed_with_one_new_key();
}

// As soon as the file holds both keys the daemon dies, and with it the command: given again, it goes on.
TEST_F(KeyRotation, ThroughDeaths) {
    auto tills = sell(kUntilClosed, 300);
    ASSERT_TRUE(wait_until([&] { return tills.tally().sold >= 400; }, kPatience));
    const auto& agent = lab_->agent();
    auto rotating = Process::start(
        {.command = {kCommandProgram, "--config", (lab_->folder().path() / "agent" / "tillkeeper.toml").string(),
                     "--socket", agent.setup().control_socket.string(), "key", "rotate"}});
    ASSERT_TRUE(rotating) << rotating.error().message;
    ASSERT_TRUE(wait_until([&] { return keys_in_file() == 2; }, kPatience));
    lab_->agent().kill();
    EXPECT_NE(rotating->wait(kPatience).value_or(-1), 0) << "it cannot have come to its end";
    EXPECT_EQ(keys_in_file(), 2);
    EXPECT_EQ(command({"verify"}), 0) << "the stopped journal, with both keys";
    ASSERT_TRUE(lab_->agent().start());
    EXPECT_EQ(command({"key", "rotate"}), 0);
    expect_sealed_with_one_new_key();
    expect_books_agree(tills);
}

}  // namespace
}  // namespace tillkeeper::lab
