// The till library against a real broker, through what happens to brokers, agents and connections.
#include <gtest/gtest.h>
#include <poll.h>

#include <set>

#include "tests/till_library/c_till.h"
#include "tests/till_library/delivery.h"

namespace tillkeeper::pos {
namespace {

using till::EchoAgent;

std::string refusal(const std::string& id, const std::string& problem, const std::string& retry_ms) {
    return R"({"reply_to":"transaction","id":")" + id + R"(","outcome":"refused","problem":")" + problem +
           R"(","retry_after_ms":)" + retry_ms + "}";
}

// [till-3] [till-4]
TEST_F(Delivery, EverySaleIsAnsweredOnceAndInOrder) {
    std::vector<std::string> heard;
    listen([&](const std::string& id, std::int64_t number) {
        heard.push_back(id);
        return EchoAgent::accepted(id, number);
    });
    open(patient());
    std::vector<std::string> sold;
    for (int i = 0; i < 60; ++i) {
        const auto receipt = till_->hand_over(Sale{});
        ASSERT_TRUE(receipt);
        EXPECT_EQ(receipt->till_sequence, i + 1);
        EXPECT_EQ(receipt->receipt, "0042-till-1-" + std::to_string(i + 1));
        sold.push_back(receipt->id);
        if (i % 7 == 0) static_cast<void>(turn_until([&, at = answers_.size()] { return answers_.size() > at; }));
    }
    ASSERT_TRUE(all_answered());
    EXPECT_EQ(heard, sold);
    EXPECT_TRUE(std::ranges::is_sorted(sold));
    ASSERT_EQ(answers_.size(), 60U);
    EXPECT_EQ(answers_.back().outcome, Outcome::kAccepted);
    EXPECT_GT(answers_.back().journal_number, 0);
}

// [till-3]
TEST_F(Delivery, CarriesOnThroughARestartedBrokerAndAnAbsentAgent) {
    open();
    for (int i = 0; i < 10; ++i) ASSERT_GT(sell(), 0) << "selling does not need the agent";
    ASSERT_TRUE(turn_until([&] { return till_->online() && till_->counts().sent_again > 0; }));
    broker_.kill();
    ASSERT_TRUE(turn_until([&] { return !till_->online() && !losses_.empty(); }));
    for (int i = 0; i < 10; ++i) ASSERT_GT(sell(), 0) << "selling does not need the broker";
    broker_.start();
    listen();
    ASSERT_TRUE(turn_until([&] { return answers_.size() >= 5; }));
    broker_.kill();
    ASSERT_TRUE(turn_until([&] { return !agent_ && !till_->online(); }));
    broker_.start();
    listen();
    ASSERT_TRUE(all_answered());
    std::set<std::string> ids;
    for (const auto& answer : answers_) ids.insert(answer.id);
    EXPECT_EQ(ids.size(), 20U);
    EXPECT_EQ(answers_.size(), 20U) << "an answer was told twice";
    EXPECT_GE(till_->counts().reconnects, 2U);
}

// [till-3]
TEST_F(Delivery, ALostAnswerBringsTheSameBytesAgainAndADuplicateSettles) {
    std::map<std::string, int> heard;
    listen([&](const std::string& id, std::int64_t number) {
        if (heard[id]++ == 0) return std::string();
        return R"({"reply_to":"transaction","id":")" + id + R"(","outcome":"duplicate","journal_number":)" +
               std::to_string(number) + "}";
    });
    open();
    for (int i = 0; i < 5; ++i) sell();
    ASSERT_TRUE(all_answered());
    ASSERT_EQ(answers_.size(), 5U);
    for (const auto& answer : answers_) EXPECT_EQ(answer.outcome, Outcome::kDuplicate);
    for (const auto& [id, times] : heard) EXPECT_GE(times, 2);
    EXPECT_GE(till_->counts().sent_again, 5U);
}

// [till-4] [till-5]
TEST_F(Delivery, RefusedForNowKeepsItsPlaceRefusedForGoodIsKeptAside) {
    std::map<std::string, int> heard;
    std::vector<std::string> order;
    std::string second;
    listen([&](const std::string& id, std::int64_t number) {
        if (order.empty() || order.back() != id) order.push_back(id);
        if (order.size() == 2) second = id;
        if (id == second) return refusal(id, "contains_card_number", "null");
        return heard[id]++ < 3 ? refusal(id, "busy", "5") : EchoAgent::accepted(id, number);
    });
    open(patient());
    for (int i = 0; i < 4; ++i) sell();
    ASSERT_TRUE(all_answered());
    EXPECT_EQ(order.size(), 4U) << "one overtook another that was put off";
    EXPECT_EQ(put_off_, 9);
    ASSERT_EQ(answers_.size(), 4U);
    EXPECT_EQ(answers_[1].outcome, Outcome::kRefused);
    EXPECT_EQ(answers_[1].problem, "contains_card_number");
    open();  // it is still there after a restart, and is not sent again
    auto refused = till_->refused();
    ASSERT_TRUE(refused);
    ASSERT_EQ(refused->size(), 1U);
    EXPECT_EQ(refused->front().id, second);
    EXPECT_TRUE(till_->drop_refused(second));
    EXPECT_EQ(till_->counts().refused, 0U);
    EXPECT_EQ(till_->counts().waiting, 0U);
}

// [till-2]
TEST_F(Delivery, TheSameIdTwiceIsOneSale) {
    listen();
    open(patient());
    Sale sale;
    sale.id = till_->new_id();
    sale.receipt = "R-77";
    sale.content = R"({"total":5})";
    const auto first = till_->hand_over(sale);
    const auto again = till_->hand_over(sale);
    ASSERT_TRUE(first && again);
    EXPECT_EQ(again->till_sequence, first->till_sequence);
    EXPECT_EQ(again->receipt, "R-77");
    EXPECT_TRUE(again->repeated && !first->repeated);
    ASSERT_TRUE(all_answered());
    open(patient());
    EXPECT_TRUE(till_->hand_over(sale)->repeated) << "it was forgotten with its answer";
    sale.content = R"({"total":6})";
    const auto other = till_->hand_over(sale);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.failure().code, Code::kInvalid);
    EXPECT_EQ(agent_->heard(), 1);
}

// [till-6]
TEST_F(Delivery, PresenceAndTheStoresStatusAreRetained) {
    std::map<std::string, std::string> seen;
    auto watcher = till::BrokerConnection::connect(
        broker_.address(), broker_.user("tillkeeper"), till::MqttVersion::k5, "", "",
        {.connected = [](bool) {},
         .message = [&](const till::BrokerMessage& m) { seen[std::string(m.topic)] = m.payload; }});
    ASSERT_TRUE(watcher);
    (*watcher)->subscribe("tillkeeper/v1/tills/+/presence");
    ASSERT_TRUE((*watcher)->publish("tillkeeper/v1/status", R"({"state":"degraded"})", true));
    const auto presence = [&](const std::string& state) {
        return turn_until([&] {
            EXPECT_TRUE((*watcher)->write());
            pollfd one{(*watcher)->descriptor(), POLLIN, 0};
            EXPECT_TRUE(::poll(&one, 1, 1) <= 0 || (*watcher)->read());
            return seen["tillkeeper/v1/tills/till-1/presence"] == R"({"state":")" + state + "\"}";
        });
    };
    open();
    EXPECT_TRUE(presence("online"));
    EXPECT_TRUE(turn_until([&] { return status_.state == "degraded"; }));
    till_->close();
    till_.reset();
    EXPECT_TRUE(presence("offline"));
    open();
    EXPECT_TRUE(presence("online"));
    till_.reset();  // without a word
    EXPECT_TRUE(presence("offline")) << "the will was not published";
}

TEST_F(Delivery, SeveralInFlightWhenAskedFor) {
    std::size_t most = 0;
    std::vector<std::string> open_ones;
    listen([&](const std::string& id, std::int64_t) {
        open_ones.push_back(id);
        most = std::max(most, open_ones.size());
        return std::string();
    });
    auto wide = patient();
    wide.in_flight = 4;
    open(wide);
    for (int i = 0; i < 12; ++i) sell();
    ASSERT_TRUE(turn_until([&] { return open_ones.size() >= 4; }));
    for (int round = 0; round < 50; ++round) {
        static_cast<void>(till_->run_once(std::chrono::milliseconds(0)));
        ASSERT_TRUE(agent_->turn(1));
    }
    EXPECT_EQ(most, 4U) << "more were sent than were asked for, or fewer";
}

// [till-6]
TEST_F(Delivery, AWrongPasswordIsToldAndANewOneIsUsed) {
    std::ofstream(folder_ + "/password") << "wrong\n";
    listen();
    open();
    sell();
    ASSERT_TRUE(turn_until([&] { return !losses_.empty(); }));
    EXPECT_TRUE(losses_.front().contains("refuses")) << losses_.front();
    EXPECT_FALSE(losses_.front().contains("wrong")) << "a secret in a message";
    std::ofstream(folder_ + "/password") << broker_.user("till-1").password << "\n";
    EXPECT_TRUE(all_answered());
}

// [till-6]
TEST_F(Delivery, OneDescriptorTellsWhenThereIsWork) {
    listen();
    open();
    sell();
    const auto deadline = till::monotonic_now() + std::chrono::seconds(60);
    int rounds = 0;
    while (till_->counts().waiting > 0 && till::monotonic_now() < deadline) {
        pollfd one{till_->descriptor(), POLLIN, 0};
        if (::poll(&one, 1, 20) > 0) {
            ASSERT_TRUE(till_->run_once(std::chrono::milliseconds(0)));
            ++rounds;
        }
        ASSERT_TRUE(agent_->turn(0));
    }
    EXPECT_EQ(till_->counts().waiting, 0U);
    EXPECT_LT(rounds, 200) << "it is readable without work";
}

TEST_F(Delivery, TillsInCSellAsWell) {
    int heard = 0;
    listen([&](const std::string& id, std::int64_t number) {
        return heard++ == 0 ? refusal(id, "busy", "5") : EchoAgent::accepted(id, number);
    });
    const auto turn = [](void* self) { EXPECT_TRUE(static_cast<EchoAgent*>(self)->turn(0)); };
    const std::string outbox = folder_ + "/c";
    EXPECT_EQ(c_till_sells(broker_.address().port, (folder_ + "/password").c_str(), outbox.c_str(), turn, agent_.get()),
              3);
    EXPECT_EQ(c_till_put_off(), 1);
    EXPECT_EQ(c_till_survives_misuse((folder_ + "/d").c_str()), 0);
}

}  // namespace
}  // namespace tillkeeper::pos
