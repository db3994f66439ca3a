// `tillkeeper healthcheck` and `tillkeeper support-bundle` on a real box, well and ill.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/e2e/bus_peer.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kPatience = 60s;
const std::string kTill = "tillkeeper/v1/tills/till-1/";

class Support : public ::testing::Test {
  protected:
    void SetUp() override {
        LabOptions options{.name = "tillkeeper-support", .tills = 1};
        options.agent.more = "\n[privacy]  # asked by Zsxwq\nkeep = [\"tax_code\"]\n";
        auto lab = Lab::open(options);
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
    }
    CommandResult command(std::vector<std::string> arguments) {
        auto result = lab_->agent().command(std::move(arguments));
        EXPECT_TRUE(result) << result.error().message;
        return result ? *result : CommandResult{};
    }
    void hand_over(const std::string& id, const std::string& more) {
        auto till = BusPeer::connect(lab_->broker(), "till-1", till::MqttVersion::k5, kTill + "replies");
        ASSERT_TRUE(till) << till.error().message;
        ASSERT_TRUE((*till)->say(kTill + "transactions", R"({"id":")" + id +
                                                             R"(","type":"sale","till_sequence":1,"receipt":"R-)" + id +
                                                             R"(","occurred_at":"2026-11-20T10:42:07Z")" + more + '}'));
        ASSERT_TRUE((*till)->hear(kPatience));
    }
    [[nodiscard]] std::string bundle_file() const { return (lab_->folder().path() / "support.json").string(); }
    std::unique_ptr<Lab> lab_;
};

TEST_F(Support, HealthSaysWhyNot) {
    const auto well = command({"healthcheck"});
    EXPECT_EQ(well.status, 0) << well.output;
    EXPECT_EQ(well.output, "healthy\n");
    ASSERT_TRUE(lab_->cloud().control().cut_network());
    EXPECT_EQ(command({"healthcheck", "--json"}).output, "{\"healthy\":true,\"reasons\":[]}\n") << "an outage is none";

    lab_->broker().kill();
    EXPECT_TRUE(wait_until([&] { return command({"healthcheck"}).status == 1; }, kPatience));
    EXPECT_THAT(command({"healthcheck"}).output, HasSubstr("not healthy: the bus cannot be reached"));
    ASSERT_TRUE(lab_->broker().start());
    EXPECT_EQ(command({"healthcheck", "--wait", "60"}).status, 0) << "it waits for the broker";

    ASSERT_EQ(lab_->agent().stop(), 0);
    const auto stopped = command({"healthcheck", "--wait", "1", "--json"});
    EXPECT_EQ(stopped.status, 1);
    EXPECT_FALSE(Json::parse(stopped.output)["healthy"].is_true());
    EXPECT_THAT(stopped.output, HasSubstr("the daemon does not answer"));
}

TEST_F(Support, BundleHasWhatHelpsAndNothingElse) {
    const std::string member = "M-7Qx2vK9pTz", person = "Vbnkjhuytr", decider = "Okmijnuhb";
    ASSERT_TRUE(lab_->cloud().control().set_fault(
        R"({"destination":"erp","mode":"reject_item","items":["held"],"reason":"no customer )" + person + "\"}"));
    hand_over("good", R"(,"member_id":")" + member + R"(","customer":{"name":")" + person + R"("})");
    hand_over("held", R"(,"member_id":")" + member + R"(","customer":{"name":")" + person + R"("})");
    EXPECT_TRUE(wait_until(
        [&] {
            auto status = lab_->agent().status();
            return status && (*status)["destinations"]["erp"]["held"].number() == 1;
        },
        kPatience));
    EXPECT_EQ(command({"offline", "--for", "1h", "--why", "asked by " + decider}).status, 0);
    const auto erp = lab_->cloud().destination("erp");
    std::ifstream secret_file(erp.secret_file);
    std::string secret;
    ASSERT_TRUE(std::getline(secret_file, secret));

    const auto made = command({"support-bundle", bundle_file()});
    ASSERT_EQ(made.status, 0) << made.errors;
    struct stat info{};
    ASSERT_EQ(::stat(bundle_file().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600U);
    std::ifstream in(bundle_file());
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    for (const auto& word :
         {member, person, decider, secret, std::string("Zsxwq"), erp.client_id, std::string("R-good"),
          Broker::password_of("till-1"), Broker::password_of("tillkeeper"), std::string("no customer")})
        EXPECT_THAT(bytes, Not(HasSubstr(word)));

    const auto bundle = Json::parse(bytes);
    EXPECT_EQ(bundle["version"].text(), bundle["status"]["version"].text());
    EXPECT_TRUE(bundle["health"]["healthy"].is_true());
    EXPECT_EQ(bundle["status"]["destinations"]["erp"]["held"].number(), 1);
    EXPECT_GT(bundle["sizes"]["journal.db"].number(), 0);
    EXPECT_GT(bundle["schema"].number(), 0);
    for (const char* part : {"doctor", "configuration", "metrics"}) EXPECT_FALSE(bundle[part].items().empty()) << part;
    EXPECT_THAT(bytes, HasSubstr("tillkeeper_destination_held{destination=\\\"erp\\\"} 1"));
    EXPECT_THAT(bytes, HasSubstr(R"(secret_file = \")")) << "paths of files stay";

    ASSERT_EQ(lab_->agent().stop(), 0);
    EXPECT_EQ(command({"support-bundle", bundle_file()}).status, 0) << "of a stopped daemon as well";
    EXPECT_EQ(command({"support-bundle", "/proc/nowhere"}).status, 1);
}

}  // namespace
}  // namespace tillkeeper::lab
