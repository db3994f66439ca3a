// Who may sign in on the running bus: `tillkeeper till ...` against the real broker and agent.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "platform/certificates.h"
#include "tests/e2e/bus_client.h"
#include "tests/e2e/fetch.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"

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
    // What the broker shows to who connects now.
    [[nodiscard]] CertificateFacts served() const {
        const auto at = "localhost:" + std::to_string(lab_->broker().tls_port());
        const auto shown = run_command({"openssl", "s_client", "-connect", at}, lab_->folder().path());
        const auto facts = read_certificate(shown ? shown->output : "");
        return facts ? *facts : CertificateFacts{};
    }
    [[nodiscard]] till::BrokerUser known() const { return {"till-1", Broker::password_of("till-1")}; }

    std::unique_ptr<Lab> lab_;
};

TEST_F(BusAccess, ANewTillSellsAndARevokedOneIsCutOffWhileOthersStay) {  // [packaging-12]
    BusClient other(tls(), known());
    ASSERT_TRUE(other.granted());
    other.subscribe("tillkeeper/v1/tills/till-9/presence");
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
    EXPECT_TRUE(other.hears("tillkeeper/v1/tills/till-9/presence"))
        << "that it is gone, although its will did not speak";
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
    tell({"add", "till-8", "--out", file}, 1);
    EXPECT_EQ(read_file(file).size(), 33U) << "a new till's password goes into a new file";
    const auto config = (lab_->folder().path() / "long").string();
    std::ofstream(config) << std::string(300, 'x');
    tell({"rotate", "till-9", "--out", config}, 1);
    EXPECT_EQ(read_file(config).size(), 300U) << "that is no password's file";
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
    const auto other = (lab_->folder().path() / "other").string();
    ASSERT_EQ(lab_->agent().command({"bus", "init", "--folder", other})->status, 0);
    address.ca_file = other + "/tls/ca.pem";
    EXPECT_FALSE(BusClient(address, known()).granted()) << "another store's CA has the same name";
    address.ca_file.clear();
    EXPECT_FALSE(BusClient(address, known()).granted());
    auto no_card = tls();
    no_card.port = lab_->broker().certificate_port();
    EXPECT_FALSE(BusClient(no_card, known()).granted()) << "the certificate port takes no passwords";
    EXPECT_TRUE(BusClient(tls(), known()).granted());
}

TEST_F(BusAccess, ARevokedTillIsNotCalledCutOffWhileTheBrokerCouldNotBeTold) {  // [packaging-12]
    const auto password = tell({"add", "till-9"})["password"].text();
    const auto in = [&] { return BusClient(tls(), {"till-9", password}).granted(); };
    ASSERT_TRUE(wait_until(in, std::chrono::seconds(20))) << "so that the broker has read what was added";
    std::filesystem::remove(lab_->broker().folder() / "mosquitto.pid");
    const auto told = lab_->agent().command({"till", "revoke", "till-9"});
    ASSERT_TRUE(told);
    EXPECT_EQ(told->status, 1);
    EXPECT_TRUE(told->errors.contains("SIGHUP")) << told->errors;
    EXPECT_TRUE(in()) << "as it says";
    lab_->broker().process()->signal(SIGHUP);
    EXPECT_TRUE(wait_until([&] { return !in(); }, std::chrono::seconds(20), std::chrono::milliseconds(100), [] {}));
}

TEST_F(BusAccess, AnExpiredCertificateIsNotShownAsGood) {  // [packaging-11]
    std::ofstream(lab_->broker().folder() / "tls" / "issued") << "till-9 0A0B 2020-01-01T00:00:00Z good\n";
    const auto listed = lab_->agent().command({"till", "list", "--json"});
    ASSERT_TRUE(listed && listed->status == 0);
    EXPECT_TRUE(listed->output.contains(R"("till":"till-9","state":"expired")")) << listed->output;
}

TEST_F(BusAccess, TheAgentSignsInByCertificateUnderTheSameClientIdAfterItsKeyIsRenewed) {  // [packaging-11]
    EXPECT_EQ(lab_->agent().stop(), 0);
    const auto own = lab_->broker().folder() / "tls" / "agent.pem";
    auto made = Agent::make(lab_->folder().path() / "by-certificate", {.bus_port = lab_->broker().certificate_port(),
                                                                       .bus_certificate_file = own.string(),
                                                                       .broker_folder = lab_->broker().folder()});
    ASSERT_TRUE(made) << made.error().message;
    const auto client_id = [&] {
        const auto log = read_file(lab_->broker().folder() / "broker.log");
        const auto at = log.rfind(" as tillkeeper-");
        return log.substr(at, log.find(' ', at + 4) - at);
    };
    ASSERT_TRUE(made->start());
    const auto before = client_id();
    BusClient till(tls(), known());
    till.subscribe("tillkeeper/v1/tills/till-1/replies");
    till.publish("tillkeeper/v1/tills/till-1/transactions", "{}");
    EXPECT_TRUE(till.hears("tillkeeper/v1/tills/till-1/replies"));

    EXPECT_EQ(made->stop(), 0);
    const auto key = read_file(own);
    std::filesystem::remove(own);
    ASSERT_TRUE(made->start());
    EXPECT_NE(read_file(own), key);
    EXPECT_EQ(client_id(), before);
}

TEST_F(BusAccess, ADueCertificateIsRenewedAndServedWhileTillsStayConnected) {  // [agent-9] [packaging-11]
    const auto file = lab_->broker().folder() / "tls" / "server.pem";
    const auto authority = read_identity(read_file(lab_->broker().folder() / "tls" / "authority.pem"));
    ASSERT_TRUE(authority);
    const auto old = read_certificate(read_file(file));
    ASSERT_TRUE(old);
    // A third of its 397 days are 132: it is due with a hundred left.
    const auto due =
        issue_certificate(*authority, {"tillkeeper-broker", old->hosts, old->until - std::chrono::days(297)});
    ASSERT_TRUE(due);
    std::ofstream(file) << due->key_pem << due->certificate_pem;
    lab_->broker().process()->signal(SIGHUP);
    const auto serial = read_certificate(due->certificate_pem)->serial;
    const auto serves_due = [&] { return served().serial == serial; };
    ASSERT_TRUE(wait_until(serves_due, std::chrono::seconds(20), std::chrono::milliseconds(100), [] {}));
    BusClient till(tls(), known());
    ASSERT_TRUE(till.granted());

    EXPECT_EQ(lab_->agent().stop(), 0);
    ASSERT_TRUE(lab_->agent().start());
    const auto serves_new = [&] { return served().until > old->until - std::chrono::days(2); };
    EXPECT_TRUE(wait_until(serves_new, std::chrono::seconds(20), std::chrono::milliseconds(100), [] {}));
    EXPECT_FALSE(till.lost_within(std::chrono::milliseconds(200)));
    EXPECT_TRUE(BusClient(tls(), {"till-2", Broker::password_of("till-2")}).granted());
    EXPECT_FALSE(std::filesystem::exists(lab_->broker().folder() / "tls" / "untold"));
    const auto metrics = fetch(lab_->agent().page() + "/metrics");
    ASSERT_TRUE(metrics);
    const std::string name = R"(tillkeeper_certificate_expiry_seconds{use="bus_server"} )";
    const auto at = metrics->body.find(name);
    ASSERT_NE(at, std::string::npos) << metrics->body;
    EXPECT_GT(std::stod(metrics->body.substr(at + name.size())), 390 * 86400.0);
}

TEST_F(BusAccess, ABrokerThatWasAwayAtTheRenewalIsToldTheNextTime) {  // [agent-9]
    const auto untold = lab_->broker().folder() / "tls" / "untold";
    EXPECT_EQ(lab_->agent().stop(), 0);
    lab_->broker().kill();
    std::filesystem::remove(lab_->broker().folder() / "tls" / "server.pem");
    ASSERT_TRUE(lab_->agent().launch());
    EXPECT_TRUE(wait_until([&] { return std::filesystem::exists(untold); }, std::chrono::seconds(20)));
    lab_->agent().kill();
    ASSERT_TRUE(lab_->broker().start());
    ASSERT_TRUE(lab_->agent().start());
    EXPECT_FALSE(std::filesystem::exists(untold));
}

}  // namespace
}  // namespace tillkeeper::lab
