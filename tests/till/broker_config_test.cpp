#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <set>

#include "tests/till/test_broker.h"
#include "tests/till/till_loop.h"

namespace tillkeeper::till {
namespace {

// A client that subscribes to everything and remembers the topics that reached it.
struct Listener {
    std::unique_ptr<BrokerConnection> connection;
    std::set<std::string> heard;
    std::optional<bool> granted;

    void connect(const TestBroker& broker, const BrokerUser& user) {
        auto made = BrokerConnection::connect(
            broker.address(), user, MqttVersion::k5, "", "",
            {.connected = [this](bool yes) { granted = yes; },
             .message = [this](const BrokerMessage& message) { heard.insert(std::string(message.topic)); }});
        ASSERT_TRUE(made) << made.error().message;
        connection = std::move(*made);
        ASSERT_TRUE(turn_until([&] { return granted.has_value(); }));
        connection->subscribe("#");
        connection->subscribe("tillkeeper/v1/#");
    }
    void publish(const std::string& topic) { EXPECT_TRUE(connection->publish("tillkeeper/v1/" + topic, "x", false)); }
    bool turn_until(const std::function<bool()>& condition) {
        const auto deadline = monotonic_now() + std::chrono::seconds(20);
        while (!condition() && monotonic_now() < deadline) {
            pollfd polled{connection->descriptor(), POLLIN, 0};
            ::poll(&polled, 1, 20);
            if (polled.revents != 0 && !connection->read()) return condition();
            if (connection->wants_to_write() && !connection->write()) return condition();
        }
        return condition();
    }
    bool hears(const std::string& topic) {
        return turn_until([&] { return heard.contains("tillkeeper/v1/" + topic); });
    }
};

TEST(BrokerConfig, ATillWritesOnlyBelowItsOwnName) {  // [packaging-8]
    TestBroker broker(2);
    Listener agent;
    agent.connect(broker, broker.user("tillkeeper"));
    agent.publish("status");
    ASSERT_TRUE(agent.hears("status"));

    Listener till;
    till.connect(broker, broker.user("till-1"));
    for (const char* topic :
         {"tills/till-2/transactions", "tills/till-2/presence", "tills/till-2/lookups/members", "tills/till-1/replies",
          "tills/till-1/lookups/a/b", "status", "other", "tills/till-1/transactions", "tills/till-1/redemptions",
          "tills/till-1/presence", "tills/till-1/lookups/members"})
        till.publish(topic);
    ASSERT_TRUE(agent.hears("tills/till-1/lookups/members"));  // the last one: what came before is here as well
    const std::set<std::string> expected{
        "tillkeeper/v1/status", "tillkeeper/v1/tills/till-1/transactions", "tillkeeper/v1/tills/till-1/redemptions",
        "tillkeeper/v1/tills/till-1/presence", "tillkeeper/v1/tills/till-1/lookups/members"};
    EXPECT_EQ(agent.heard, expected);
}

TEST(BrokerConfig, AWildcardBringsNothingForeign) {  // [packaging-8]
    TestBroker broker(2);
    Listener curious;
    curious.connect(broker, broker.user("till-2"));
    curious.publish("tills/till-2/transactions");
    ASSERT_TRUE(curious.hears("tills/till-2/transactions"));  // the subscription is in force

    Listener agent;
    agent.connect(broker, broker.user("tillkeeper"));
    agent.publish("tills/till-1/replies");
    agent.publish("tills/till-1/transactions");
    agent.publish("tills/till-1/presence");
    agent.publish("tills/till-2/replies");
    agent.publish("status");
    ASSERT_TRUE(agent.hears("status"));
    ASSERT_TRUE(curious.hears("status"));
    const std::set<std::string> expected{"tillkeeper/v1/tills/till-2/transactions",
                                         "tillkeeper/v1/tills/till-1/presence", "tillkeeper/v1/tills/till-2/replies",
                                         "tillkeeper/v1/status"};
    EXPECT_EQ(curious.heard, expected);
}

TEST(BrokerConfig, StrangersAreRefused) {  // [packaging-8]
    TestBroker broker(1);
    for (const BrokerUser& user : {BrokerUser{"till-1", "wrong"}, BrokerUser{"nobody", "secret-of-till-1"}}) {
        std::optional<bool> granted;
        auto made = BrokerConnection::connect(
            broker.address(), user, MqttVersion::k5, "", "",
            {.connected = [&](bool yes) { granted = yes; }, .message = [](const BrokerMessage&) {}});
        ASSERT_TRUE(made);
        pollfd polled{(*made)->descriptor(), POLLIN, 0};
        while (!granted && ::poll(&polled, 1, 20'000) > 0 && (*made)->read()) continue;
        EXPECT_EQ(granted, false);
    }
}

TEST(BrokerConfig, RefusesUnusableUsersAndArguments) {
    TestBroker broker(1);
    const std::string script = TILLKEEPER_SOURCE_DIR "/packaging/broker/make-broker-config";
    const std::string users = broker.folder() + "/others";
    const auto make = [&](const std::string& text, mode_t mode, const std::string& port = "18830") {
        std::ofstream(users) << text;
        ::chmod(users.c_str(), mode);
        const std::string folder = broker.folder() + "/second";
        return run_program({script, "--folder", folder, "--port", port, "--users", users, "--plain"});
    };
    EXPECT_EQ(make("tillkeeper:a\ntill-1:b\n", 0600), 0);
    EXPECT_EQ(make("tillkeeper:a\n", 0644), 2) << "everybody may read the passwords";
    EXPECT_EQ(make("till-1:b\n", 0600), 2) << "no user for the agent";
    EXPECT_EQ(make("tillkeeper:a\ntill/1:b\n", 0600), 2);
    EXPECT_EQ(make("tillkeeper:a\ntill-1:b:c\n", 0600), 2);
    EXPECT_EQ(make("tillkeeper:a\ntill-1:\n", 0600), 2);
    EXPECT_EQ(make("tillkeeper:a\ntillkeeper:b\n", 0600), 2);
    EXPECT_EQ(make("tillkeeper:a\n", 0600, "70000"), 2);
    EXPECT_EQ(make("tillkeeper:a\n", 0600, "12x"), 2);
    EXPECT_EQ(run_program({script, "--folder"}), 2);
    EXPECT_EQ(run_program({script, "--folder", broker.folder() + "/second", "--port", "18830", "--users", users,
                           "--bind", "0.0.0.0", "--plain"}),
              2)
        << "plain text is for loopback only";
}

TEST(BrokerConfig, ASecondRunLetsNobodyInAgain) {  // [packaging-12]
    TestBroker broker(1);
    const std::string script = TILLKEEPER_SOURCE_DIR "/packaging/broker/make-broker-config";
    const std::string users = broker.folder() + "/others";
    const std::string folder = broker.folder() + "/second";
    std::ofstream(users) << "tillkeeper:a\ntill-1:b\n";
    ::chmod(users.c_str(), 0600);
    std::vector<std::string> command{script, "--folder", folder, "--port", "18830", "--users", users, "--plain"};
    ASSERT_EQ(run_program(command), 0);
    const auto passwords = [&] {
        std::ifstream file(folder + "/passwords");
        return std::string((std::istreambuf_iterator<char>(file)), {});
    };
    const std::string without = passwords().substr(0, passwords().find("till-1"));
    std::ofstream(folder + "/passwords") << without;  // till-1 was revoked
    ASSERT_EQ(run_program(command), 0);
    EXPECT_EQ(passwords(), without);
    command.emplace_back("--replace-users");
    ASSERT_EQ(run_program(command), 0);
    EXPECT_NE(passwords().find("till-1"), std::string::npos);
}

TEST(BrokerConfig, KeepsNoPasswordInClear) {  // [packaging-10]
    TestBroker broker(2);
    for (const char* name : {"passwords", "acl", "mosquitto.conf"}) {
        std::ifstream file(broker.folder() + "/" + name);
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        EXPECT_FALSE(text.empty());
        EXPECT_EQ(text.find("secret-of"), std::string::npos) << name;
    }
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(broker.folder() + "/passwords").permissions(),
              perms::owner_read | perms::owner_write);
}

}  // namespace
}  // namespace tillkeeper::till
