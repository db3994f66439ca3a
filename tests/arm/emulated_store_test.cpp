// A store whose box is a 32-bit ARM one: the agent under qemu's user emulation, all around it of this machine.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 300s;

class EmulatedStore : public ::testing::Test {
  protected:
    void SetUp() override {
        LabOptions options{.name = "tillkeeper-arm", .tills = 2};
        options.agent.program = TILLKEEPER_EMULATED_DAEMON;
        auto lab = Lab::open(options);
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        // Else all that follows would tell about this machine.
        const auto program = std::filesystem::path("/proc") / std::to_string(lab_->agent().process()->pid()) / "exe";
        ASSERT_TRUE(std::filesystem::read_symlink(program).filename().string().starts_with("qemu-arm"));
    }

    void TearDown() override {
        if (!HasFailure() || !lab_) return;
        lab_->folder().keep();
        std::cerr << "logs are in " << lab_->folder().path() << '\n';
    }

    void expect_journal_proves_itself() const {
        const auto proven = lab_->agent().command({"verify", "--json"}, kPatience);
        ASSERT_TRUE(proven) << proven.error().message;
        EXPECT_EQ(proven->status, 0) << proven->output << proven->errors;
    }

    std::unique_ptr<Lab> lab_;
};

// [storage-1] [sync-4] [sync-5]
TEST_F(EmulatedStore, LosesNothingThroughAnOutageAndTwoKills) {
    ASSERT_TRUE(lab_->cloud().control().cut_network());
    auto selling = lab_->sell({.tills = 2, .sales = 300, .per_second = 100, .in_flight = 1, .library = true});
    ASSERT_TRUE(selling) << selling.error().message;
    auto& tills = *selling;
    for (const std::int64_t at : {80, 160}) {
        ASSERT_TRUE(wait_until([&] { return tills.tally().sold >= at; }, kPatience));
        lab_->agent().kill();
        const auto started = lab_->agent().start();
        ASSERT_TRUE(started) << started.error().message;
    }
    EXPECT_EQ(lab_->delivered("erp"), 0);
    ASSERT_TRUE(lab_->cloud().control().clear_faults());

    const auto finished = tills.finish(kPatience);
    ASSERT_TRUE(finished) << finished.error().message;
    EXPECT_TRUE(lab_->wait_delivered(tills.tally().sold, kPatience));
    const auto ledger = lab_->settle(tills);
    ASSERT_TRUE(ledger) << ledger.error().message;
    EXPECT_EQ(ledger->sold, 300);
    EXPECT_TRUE(ledger->agrees()) << ledger->line();

    // What a 32-bit box wrote, it can read, and so can a 64-bit command line when it is stopped.
    expect_journal_proves_itself();
    EXPECT_EQ(lab_->agent().stop(), 0) << lab_->agent().log();
    expect_journal_proves_itself();
}

}  // namespace
}  // namespace tillkeeper::lab
