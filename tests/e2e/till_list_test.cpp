// `tillkeeper till list` of a running store: who is there, which numbers are missing, whose clock is wrong. [agent-11]
#include <gtest/gtest.h>

#include "platform/linux-arm/system.h"
#include "tests/e2e/bus_client.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

constexpr auto kSoon = std::chrono::seconds(20);

class TillList : public ::testing::Test {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.name = "tillkeeper-till-list", .tills = 2});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
    }
    [[nodiscard]] std::unique_ptr<BusClient> till(const std::string& name) const {
        const till::BrokerAddress tls{
            .host = "localhost", .port = lab_->broker().tls_port(), .ca_file = lab_->broker().ca_file().string()};
        auto client =
            std::make_unique<BusClient>(tls, till::BrokerUser{name, Broker::password_of(name)},
                                        BusWill{"tillkeeper/v1/tills/" + name + "/presence", R"({"state":"offline"})"});
        EXPECT_TRUE(client->granted());
        client->subscribe("tillkeeper/v1/tills/" + name + "/replies");
        client->publish("tillkeeper/v1/tills/" + name + "/presence", R"({"state":"online"})", true);
        return client;
    }
    // Sells at what the till takes for now, and waits for the answer.
    void sell(BusClient& client, const std::string& name, std::int64_t sequence, Duration ahead = {},
              const std::string& type = "sale", const std::string& more = {}) {
        const std::string id = name + "-" + std::to_string(sequence);
        client.publish("tillkeeper/v1/tills/" + name + "/transactions",
                       R"({"id":")" + id + R"(","type":")" + type + R"(","till_sequence":)" + std::to_string(sequence) +
                           R"(,"occurred_at":")" + to_rfc3339(SystemClock().wall() + ahead, true) + "\"" + more + "}");
        EXPECT_TRUE(client.turn_until(
            [&] {
                for (const auto& heard : client.heard())
                    if (heard.contains("\"" + id + "\"")) return true;
                return false;
            },
            kSoon))
            << id;
    }
    [[nodiscard]] Json listed() const {
        const auto result = lab_->agent().command({"till", "list", "--json"});
        EXPECT_TRUE(result && result->status == 0) << (result ? result->errors : result.error().message);
        return Json::parse(result ? result->output : "");
    }
    // What the list says of a till; a member of it as text where it is none.
    [[nodiscard]] std::string told(const std::string& name, const char* member) const {
        const auto list = listed();
        for (const auto& each : list["tills"].items())
            if (each["till"].text() == name) return each[member].dump();
        return "no such till";
    }
    [[nodiscard]] bool will_say(const std::string& name, const char* member, const std::string& value) const {
        return wait_until([&] { return told(name, member) == value; }, kSoon);
    }

    // Where this machine does not know the time nobody can say whose clock is wrong.
    void check_clocks() const {
        const auto status = lab_->agent().status();
        ASSERT_TRUE(status);
        if (!(*status)["clock_trusted"].is_true()) {
            EXPECT_EQ(told("till-2", "clock_ahead_ms"), "null");
            return;
        }
        EXPECT_NEAR(std::stod(told("till-2", "clock_ahead_ms")), 3'600'000, 60'000);
        EXPECT_NEAR(std::stod(told("till-1", "clock_ahead_ms")), 0, 60'000);
    }

    std::unique_ptr<Lab> lab_;
};

TEST_F(TillList, PresenceNumbersAndClockOfEachTill) {
    EXPECT_EQ(told("till-1", "password"), "true");
    EXPECT_EQ(told("till-1", "presence"), "") << "nobody knows yet";
    auto first = till("till-1");
    auto second = till("till-2");
    EXPECT_TRUE(will_say("till-1", "presence", "\"online\""));
    EXPECT_TRUE(will_say("till-2", "presence", "\"online\""));

    for (const auto sequence : {1, 2, 5, 8}) sell(*first, "till-1", sequence);
    sell(*second, "till-2", 40, std::chrono::hours(1));
    EXPECT_EQ(told("till-1", "missing"), "[[3,4],[6,7]]");
    EXPECT_EQ(told("till-1", "missing_count"), "4");
    EXPECT_EQ(told("till-2", "missing"), "[]");
    sell(*first, "till-1", 7);
    sell(*first, "till-1", 3);
    EXPECT_EQ(told("till-1", "missing"), "[[4,4],[6,6]]");
    sell(*first, "till-1", 9, {}, "void", R"(,"refers_to":"till-1-6")");
    EXPECT_EQ(told("till-1", "missing"), "[[4,4]]") << "the void says that number 6 was never used";

    check_clocks();

    first->vanish();
    EXPECT_TRUE(will_say("till-1", "presence", "\"offline\"")) << "its will";
    EXPECT_EQ(told("till-2", "presence"), "\"online\"");
    const auto text = lab_->agent().command({"till", "list"});
    ASSERT_TRUE(text);
    EXPECT_TRUE(text->output.contains("4 (1 in all)")) << text->output;

    // A restarted agent knows all of it again.
    ASSERT_EQ(lab_->agent().stop(), 0);
    EXPECT_EQ(told("till-1", "missing"), "[[4,4]]") << "from the stopped journal";
    ASSERT_TRUE(lab_->agent().start());
    EXPECT_TRUE(will_say("till-2", "presence", "\"online\""));
    EXPECT_TRUE(will_say("till-1", "presence", "\"offline\""));
    EXPECT_EQ(told("till-1", "missing"), "[[4,4]]");
}

}  // namespace
}  // namespace tillkeeper::lab
