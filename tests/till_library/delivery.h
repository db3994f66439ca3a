// A till of the library at a real broker, and an echo that plays the agent: what the delivery tests share.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/till/echo_agent.h"
#include "tests/till/test_broker.h"
#include "tests/till/till_loop.h"
#include "till/till.h"

namespace tillkeeper::pos {

class Delivery : public testing::Test {
  protected:
    Delivery() {
        std::string pattern = (std::filesystem::temp_directory_path() / "till-library-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        std::ofstream(folder_ + "/password") << broker_.user("till-1").password << "\n";
    }
    ~Delivery() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] Settings settings() const {
        Settings settings;
        settings.store = "0042";
        settings.till = "till-1";
        settings.outbox_file = folder_ + "/outbox";
        settings.port = broker_.address().port;
        settings.ca_file = broker_.address().ca_file;
        settings.plain = settings.ca_file.empty();
        settings.password_file = folder_ + "/password";
        settings.answer_timeout = std::chrono::milliseconds(300);
        return settings;
    }
    // Sends nothing again, however slow the machine is: where each hand-over counts.
    [[nodiscard]] Settings patient() const {
        auto settings = this->settings();
        settings.answer_timeout = std::chrono::minutes(5);
        return settings;
    }
    void open(const Settings& settings) {
        till_.reset();
        Events events;
        events.answered = [this](const Answer& answer) { answers_.push_back(answer); };
        events.store_status = [this](const StoreStatus& status) { status_ = status; };
        events.connection = [this](bool online, const std::string& why) {
            if (!online) losses_.push_back(why);
        };
        events.put_off = [this](const std::string&) { ++put_off_; };
        auto opened = Till::open(settings, std::move(events));
        ASSERT_TRUE(opened) << opened.failure().message;
        till_ = std::make_unique<Till>(std::move(*opened));
    }
    void open() { open(settings()); }
    // The number of the sale; 0 when it was not taken.
    std::int64_t sell(const std::string& content = R"({"total":1530})") {
        Sale sale;
        sale.content = content;
        const auto receipt = till_->hand_over(sale);
        EXPECT_TRUE(receipt) << receipt.failure().message;
        return receipt ? receipt->till_sequence : 0;
    }
    void listen(till::EchoAgent::Say say = till::EchoAgent::accepted) {
        auto made = till::EchoAgent::connect(broker_.address(), broker_.user("tillkeeper"), std::move(say));
        ASSERT_TRUE(made);
        agent_ = std::move(*made);
        while (!agent_->listening()) ASSERT_TRUE(agent_->turn(100));
    }
    bool turn_until(const std::function<bool()>& condition) {
        const auto deadline = till::monotonic_now() + std::chrono::seconds(60);
        while (!condition() && till::monotonic_now() < deadline) {
            const bool turned = !till_ || till_->run_once(std::chrono::milliseconds(1));
            EXPECT_TRUE(turned);
            if (agent_ && !agent_->turn(0)) agent_.reset();
        }
        return condition();
    }
    bool all_answered() {
        return turn_until([this] { return till_->counts().waiting == 0; });
    }

    till::TestBroker broker_{1};
    std::string folder_;
    std::unique_ptr<Till> till_;
    std::unique_ptr<till::EchoAgent> agent_;
    std::vector<Answer> answers_;
    std::vector<std::string> losses_;
    StoreStatus status_;
    int put_off_ = 0;
};

}  // namespace tillkeeper::pos
