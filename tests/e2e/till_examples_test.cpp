// The till developer's example programs sell on a real bus whose broker is killed meanwhile.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 90s;
constexpr int kSales = 300;

class TillExample : public ::testing::Test {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.tills = 1});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        folder_ = lab_->folder().path();
        ASSERT_TRUE(write_file(folder_ / "till-1.password", Broker::password_of("till-1") + "\n", 0600));
    }

    void TearDown() override {
        if (!HasFailure() || !lab_) return;
        lab_->folder().keep();
        std::cerr << "logs are in " << folder_ << '\n' << output() << read_file(folder_ / "errors");
    }

    std::string output() const { return read_file(folder_ / "output"); }
    std::int64_t lines() const { return std::ranges::count(output(), '\n'); }

    void sell_through_a_killed_broker(std::vector<std::string> command) {
        auto& broker = lab_->broker();
        for (const auto& word :
             {std::string("--host"), std::string("localhost"), std::string("--port"), std::to_string(broker.tls_port()),
              std::string("--ca"), broker.ca_file().string(), std::string("--till"), std::string("till-1"),
              std::string("--password-file"), (folder_ / "till-1.password").string(), std::string("--outbox"),
              (folder_ / "outbox").string(), std::string("--sales"), std::to_string(kSales)})
            command.push_back(word);
        ProcessOptions options;
        options.command = std::move(command);
        options.output = folder_ / "output";
        options.errors = folder_ / "errors";
        auto till = Process::start(options);
        ASSERT_TRUE(till) << till.error().message;
        ASSERT_TRUE(wait_until([&] { return lines() >= 20; }, kPatience));
        broker.kill();
        ASSERT_LT(lines(), kSales) << "sold all before the broker was killed";
        ASSERT_TRUE(broker.start());
        EXPECT_EQ(till->wait(kPatience), 0);
        EXPECT_TRUE(output().ends_with("sold=" + std::to_string(kSales) + " returned=1 kept=0\n"));
    }

    // The journal has each once and nothing else, and all of it took effect once.
    void expect_each_once() {
        const auto verified = lab_->agent().command({"verify", "--json"});
        ASSERT_TRUE(verified);
        ASSERT_EQ(verified->status, 0) << verified->output << verified->errors;
        EXPECT_EQ(Json::parse(verified->output)["entries"].number(), kSales + 1);
        ASSERT_TRUE(lab_->wait_delivered(kSales + 1, kPatience));
        const auto effects = lab_->cloud().effects("erp");
        ASSERT_TRUE(effects);
        EXPECT_EQ(effects->size(), kSales + 1U);
        for (const auto& [id, count] : *effects) {
            EXPECT_EQ(count, 1) << id;
            EXPECT_NE(output().find(id), std::string::npos) << id << " was not told";
        }
    }

    std::unique_ptr<Lab> lab_;
    std::filesystem::path folder_;
};

TEST_F(TillExample, PythonSellsEachOnce) {
    sell_through_a_killed_broker({"/usr/bin/python3", TILL_EXAMPLES "/sell.py"});
    expect_each_once();
}

}  // namespace
}  // namespace tillkeeper::lab
