// The power is about to fail while eight tills sell: nothing is taken any more, and what was is on the disk.
// [agent-104]
#include <gmock/gmock.h>

#include <chrono>
#include <iostream>
#include <optional>

#include "tests/e2e/fetch.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto kPatience = 60s;

class Power : public ::testing::Test {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.name = "tillkeeper-power", .tills = 8});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        auto tills = lab_->sell({.tills = 8, .sales = kUntilClosed, .per_second = 400});
        ASSERT_TRUE(tills) << tills.error().message;
        tills_.emplace(std::move(*tills));
        ASSERT_TRUE(wait_until([&] { return tills_->tally().accepted >= 200; }, kPatience));
    }
    // `tillkeeper power WORD`, which must succeed.
    void tell(const std::string& word) {
        const auto told = lab_->agent().command({"power", word});
        ASSERT_TRUE(told);
        EXPECT_EQ(told->status, 0) << told->errors;
    }
    [[nodiscard]] double metric(const std::string& name) const {
        const auto answer = fetch(lab_->agent().page() + "/metrics", 5s, {});
        const auto text = answer ? answer->body : "";
        const auto at = text.find(name + ' ');
        return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size()));
    }
    // Tills ask again and again meanwhile, and are told to wait.
    [[nodiscard]] bool refused_more() const {
        const auto name = R"(tillkeeper_refusals_total{problem="busy"})";
        const auto before = metric(name);
        return wait_until([&] { return metric(name) >= before + 20; }, kPatience);
    }
    [[nodiscard]] double accepted() const { return metric(R"(tillkeeper_transactions_total{outcome="accepted"})"); }
    // All that tills were told is safe is in the clouds at last, once.
    void settle() {
        tills_->say("close");
        const auto finished = tills_->finish(kPatience);
        ASSERT_TRUE(finished) << finished.error().message;
        ASSERT_TRUE(lab_->wait_delivered(tills_->tally().sold, kPatience));
        const auto books = lab_->settle(*tills_);
        EXPECT_TRUE(books) << books.error().message;
    }

    std::unique_ptr<Lab> lab_;
    std::optional<Tills> tills_;
};

TEST_F(Power, NothingIsTakenAfterTheAnswerAndNothingLostWhenItGoes) {
    const auto began = std::chrono::steady_clock::now();
    tell("failing");
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    std::cout << "from the command to \"safe\": " << took.count() << " ms, the start of the command included\n";
    const auto safe = accepted();
    ASSERT_TRUE(refused_more());
    EXPECT_EQ(accepted(), safe);
    EXPECT_THAT(fetch(lab_->agent().page() + "/healthz", 5s, {})->body, HasSubstr("the power is failing"));
    lab_->agent().kill();
    ASSERT_TRUE(lab_->agent().start());
    settle();
}

TEST_F(Power, ADipIsOver) {
    tell("failing");
    ASSERT_TRUE(refused_more());
    tell("back");
    const auto before = accepted();
    EXPECT_TRUE(wait_until([&] { return accepted() > before; }, kPatience));
    settle();
}

}  // namespace
}  // namespace tillkeeper::lab
