// Who may sign in on the running bus: `tillkeeper till ...` against the real broker and agent.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/e2e/bus_client.h"
#include "tests/e2e/lab.h"

namespace tillkeeper::lab {
namespace {

constexpr auto kAtOnce = std::chrono::seconds(5);

class BusAccess : public ::testing::Test {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.name = "tillkeeper-bus-access", .tills = 2});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
    }
    [[nodiscard]] till::BrokerAddress tls() const {
        return {.host = "localhost", .port = lab_->broker().tls_port(), .ca_file = lab_->broker().ca_file().string()};
    }
    [[nodiscard]] till::BrokerAddress by_certificate(const std::string& files) const {
        auto address = tls();
        address.port = lab_->broker().certificate_port();
        address.certificate_file = files + ".pem";
        address.key_file = files + ".key";
        return address;
    }
    Json tell(std::vector<std::string> arguments, int status = 0) {
        arguments.insert(arguments.begin(), "till");
        arguments.emplace_back("--json");
        const auto result = lab_->agent().command(arguments);
        EXPECT_TRUE(result && result->status == status) << (result ? result->errors : result.error().message);
        return Json::parse(result ? result->output : "");
    }
    [[nodiscard]] till::BrokerUser known() const { return {"till-1", Broker::password_of("till-1")}; }

    std::unique_ptr<Lab> lab_;
};

TEST_F(BusAccess, ANewTillSellsAndARevokedOneIsCutOffWhileOthersStay) {  // [packaging-12]
    BusClient other(tls(), known());
    ASSERT_TRUE(other.granted());
    const auto password = tell({"add", "till-9"})["password"].text();
    ASSERT_EQ(password.size(), 32U);
    BusClient till(tls(), {"till-9", password});
    ASSERT_TRUE(till.granted());
    till.subscribe("tillkeeper/v1/tills/till-9/replies");
    till.publish("tillkeeper/v1/tills/till-9/transactions", "{}");
    EXPECT_TRUE(till.hears("tillkeeper/v1/tills/till-9/replies"));

    EXPECT_TRUE(tell({"revoke", "till-9"})["broker_running"].is_true());
    EXPECT_TRUE(till.lost_within(kAtOnce));
    EXPECT_FALSE(BusClient(tls(), {"till-9", password}).granted());
    EXPECT_FALSE(other.lost_within(std::chrono::milliseconds(200)));
    EXPECT_EQ(lab_->agent().health(), 200) << "the agent stays connected as well";
    tell({"revoke", "till-10"}, 1);
    tell({"add", "tillkeeper"}, 1);
    tell({"add", "till/1"}, 1);
}

TEST_F(BusAccess, ARotatedPasswordEndsTheOldOne) {  // [packaging-12]
    const auto file = (lab_->folder().path() / "secret").string();
    const auto old = tell({"add", "till-9"})["password"].text();
    BusClient till(tls(), {"till-9", old});
    ASSERT_TRUE(till.granted());
    const auto before = read_file(lab_->broker().folder() / "passwords");
    tell({"rotate", "till-9", "--out", "/no/such/folder/secret"}, 1);
    EXPECT_EQ(read_file(lab_->broker().folder() / "passwords"), before) << "nobody would have the new one";
    std::ofstream(file) << "of another time";
    ::chmod(file.c_str(), 0644);
    EXPECT_EQ(tell({"rotate", "till-9", "--out", file})["password_file"].text(), file);
    EXPECT_TRUE(till.lost_within(kAtOnce));
    EXPECT_FALSE(BusClient(tls(), {"till-9", old}).granted());
    struct stat info{};
    ASSERT_EQ(::stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U);
    auto fresh = read_file(file);
    fresh.pop_back();
    EXPECT_TRUE(BusClient(tls(), {"till-9", fresh}).granted());
    for (const auto& text : {read_file(lab_->broker().folder() / "passwords"), lab_->agent().log(),
                             read_file(lab_->broker().folder() / "broker.log")})
        EXPECT_EQ(text.find(fresh), std::string::npos);
}

TEST_F(BusAccess, ACertificateIsItsTillUntilItIsRevoked) {  // [packaging-11] [packaging-12]
    const auto folder = (lab_->folder().path() / "cards").string();
    tell({"add", "till-8", "--certificate", "--out", folder});
    tell({"add", "till-9", "--certificate", "--out", folder});
    BusClient eight(by_certificate(folder + "/till-8"), {"anybody", ""});
    BusClient nine(by_certificate(folder + "/till-9"), {"till-8", "forged"});
    ASSERT_TRUE(eight.granted());
    ASSERT_TRUE(nine.granted());
    nine.subscribe("tillkeeper/v1/#");
    nine.publish("tillkeeper/v1/tills/till-8/presence", "forged");
    nine.publish("tillkeeper/v1/tills/till-9/presence", "own");
    ASSERT_TRUE(nine.hears("tillkeeper/v1/tills/till-9/presence"));
    EXPECT_FALSE(nine.heard().contains("tillkeeper/v1/tills/till-8/presence=forged")) << "only the certificate counts";

    tell({"revoke", "till-8"});
    EXPECT_TRUE(eight.lost_within(kAtOnce));
    EXPECT_FALSE(BusClient(by_certificate(folder + "/till-8"), {"till-8", ""}).granted());
    EXPECT_FALSE(nine.lost_within(std::chrono::milliseconds(200)));

    tell({"rotate", "till-9", "--certificate", "--out", folder + "/new"});
    EXPECT_TRUE(nine.lost_within(kAtOnce));
    EXPECT_FALSE(BusClient(by_certificate(folder + "/till-9"), {"till-9", ""}).granted());
    EXPECT_TRUE(BusClient(by_certificate(folder + "/new/till-9"), {"till-9", ""}).granted());
}

TEST_F(BusAccess, WithoutTheCaNobodyIsBelievedAndWithoutTlsNobodyIsHeard) {  // [packaging-11]
    auto address = tls();
    address.ca_file = "/etc/ssl/certs/ca-certificates.crt";
    EXPECT_FALSE(BusClient(address, known()).granted());
    address.ca_file.clear();
    EXPECT_FALSE(BusClient(address, known()).granted());
    auto no_card = tls();
    no_card.port = lab_->broker().certificate_port();
    EXPECT_FALSE(BusClient(no_card, known()).granted()) << "the certificate port takes no passwords";
    EXPECT_TRUE(BusClient(tls(), known()).granted());
}

}  // namespace
}  // namespace tillkeeper::lab
