// A whole store, through what happens to stores.
#include <gtest/gtest.h>

#include <iostream>
#include <sstream>

#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 120s;
constexpr int kTills = 2;

class Store : public ::testing::Test {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.tills = kTills});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
    }

    void TearDown() override {
        if (!HasFailure() || !lab_) return;
        lab_->folder().keep();
        std::cerr << "logs are in " << lab_->folder().path() << '\n';
    }

    // A till that hands over one by one keeps its order through every kill; see tests/crash/README.md for the others.
    Tills sell(std::int64_t sales, int per_second, int in_flight = 16) {
        TillsSetup setup;
        setup.library = true;
        setup.in_flight = in_flight;
        setup.tills = kTills;
        setup.sales = sales;
        setup.per_second = per_second;
        auto tills = lab_->sell(setup);
        EXPECT_TRUE(tills) << tills.error().message;
        return std::move(tills.value());
    }

    static bool sold(const Tills& tills, std::int64_t count) {
        return wait_until([&] { return tills.tally().sold >= count; }, kPatience);
    }

    // Everything sold was accepted and took effect everywhere, once, and the journal proves itself.
    void expect_books_agree(Tills& tills) {
        const auto finished = tills.finish(kPatience);
        ASSERT_TRUE(finished) << finished.error().message;
        EXPECT_TRUE(lab_->wait_delivered(tills.tally().sold, kPatience));
        const auto ledger = lab_->settle(tills);
        ASSERT_TRUE(ledger) << ledger.error().message;
        EXPECT_TRUE(ledger->agrees()) << ledger->line();
        auto books = lab_->cloud().control().ledger();
        ASSERT_TRUE(books);
        for (const auto* name : kDestinations) EXPECT_EQ((*books)[name].order_violations, 0) << name;
        const auto verified = lab_->agent().command({"verify", "--json"});
        ASSERT_TRUE(verified);
        EXPECT_EQ(verified->status, 0) << verified->output << verified->errors;
    }

    // The store knows under which number each system booked a sale. [sync-12]
    void expect_documents_known() {
        for (const auto* name : kDestinations) {
            const auto items = lab_->cloud().control().items(name);
            ASSERT_TRUE(items);
            std::istringstream lines(*items);
            int seen = 0;
            for (std::string line; std::getline(lines, line); ++seen) {
                if (seen % 50 != 0) continue;
                const auto item = Json::parse(line);
                const auto known = [&] {
                    const auto found = lab_->agent().command({"find", item["id"].text(), "--json"});
                    if (!found || found->status != 0) return false;
                    const auto answer = Json::parse(found->output);
                    const auto entries = answer["found"].items();
                    return entries.size() == 1 && !item["document"].text().empty() &&
                           entries.front()["documents"][name].text() == item["document"].text();
                };
                EXPECT_TRUE(wait_until(known, kPatience)) << line;
            }
            EXPECT_GE(seen, 100) << name;
        }
    }

    std::unique_ptr<Lab> lab_;
};

// [sync-4]
TEST_F(Store, BringsEverySaleToErpOmsAndCrm) {
    auto tills = sell(300, 0);
    expect_books_agree(tills);
}

// [sync-5]
TEST_F(Store, SellsThroughAnOutageAndCatchesUp) {
    ASSERT_TRUE(lab_->cloud().control().cut_network());
    auto tills = sell(600, 0);
    ASSERT_TRUE(tills.finish(kPatience));
    EXPECT_EQ(tills.tally().accepted, tills.tally().sold);
    const auto offline = [&] {
        const auto status = lab_->agent().status();
        return status && (*status)["state"].text() == "offline";
    };
    EXPECT_TRUE(wait_until(offline, kPatience));
    EXPECT_EQ(lab_->delivered("erp"), 0);
    ASSERT_TRUE(lab_->cloud().control().clear_faults());
    expect_books_agree(tills);
}

// [storage-1]
TEST_F(Store, LosesNothingWhenTheAgentIsKilledUnderTraffic) {
    auto tills = sell(1500, 500, 1);
    for (std::int64_t at = 200; at <= 1200; at += 200) {
        ASSERT_TRUE(sold(tills, at));
        lab_->agent().kill();
        const auto started = lab_->agent().start();
        ASSERT_TRUE(started) << started.error().message;
    }
    expect_books_agree(tills);
    expect_documents_known();
}

TEST_F(Store, GoesOnAfterTheBrokerIsKilled) {
    auto tills = sell(1000, 500, 1);
    for (std::int64_t at = 300; at <= 600; at += 300) {
        ASSERT_TRUE(sold(tills, at));
        lab_->broker().kill();
        const auto started = lab_->broker().start();
        ASSERT_TRUE(started) << started.error().message;
    }
    expect_books_agree(tills);
}

// [sync-4]
TEST_F(Store, TakesEffectOnceWhenAnswersAreLost) {
    ASSERT_TRUE(
        lab_->cloud().control().set_fault(R"({"destination":"*","mode":"lose_answer","probability":0.5,"count":12})"));
    auto tills = sell(600, 0);
    expect_books_agree(tills);
    expect_documents_known();
}

TEST_F(Store, EndsWellWhenAskedTo) {
    auto tills = sell(200, 0);
    ASSERT_TRUE(tills.finish(kPatience));
    EXPECT_EQ(lab_->agent().stop(), 0) << lab_->agent().log();
    const auto verified = lab_->agent().command({"verify", "--json"});  // reads the stopped journal
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->status, 0) << verified->output << verified->errors;
}

}  // namespace
}  // namespace tillkeeper::lab
