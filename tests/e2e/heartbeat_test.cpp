// What headquarters hears of a real store, before, in and after an outage. [agent-107]
#include <gmock/gmock.h>

#include <filesystem>
#include <optional>

#include "tests/e2e/bus_peer.h"
#include "tests/e2e/headquarters.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr auto kPatience = 60s;
const std::string kTill = "tillkeeper/v1/tills/till-1/";

class HeartbeatLab : public ::testing::Test {
  protected:
    void SetUp() override {
        LabOptions options{.name = "tillkeeper-heartbeat", .tills = 1, .clock_set = true};
        auto folder = Scratch::make("tillkeeper-heartbeat-key");
        ASSERT_TRUE(folder);
        folder_.emplace(std::move(*folder));
        const auto key = folder_->path() / "hq.key";
        ASSERT_TRUE(write_file(key, "Qwsdfgh7"));
        std::filesystem::permissions(key, std::filesystem::perms(0600));
        const auto pki = cloud::prepare_pki(folder_->path());
        ASSERT_TRUE(pki);
        hq_.emplace(*pki);
        options.agent.more = "\n[heartbeat]\nurl = \"" + hq_->url("/beats") + "\"\nca_file = \"" + pki->ca.string() +
                             "\"\nevery_s = 1\n[heartbeat.api_key]\nheader = \"x-api-key\"\nkey_file = \"" +
                             key.string() + "\"\n";
        auto lab = Lab::open(options);
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
    }
    void sell(const std::string& id) {
        auto till = BusPeer::connect(lab_->broker(), "till-1", till::MqttVersion::k5, kTill + "replies");
        ASSERT_TRUE(till) << till.error().message;
        ASSERT_TRUE((*till)->say(kTill + "transactions",
                                 R"({"id":")" + id + R"(","type":"sale","till_sequence":1,"receipt":"R-)" + id +
                                     R"(","member_id":"M-7Qx2vK9pTz","customer":{"name":"Vbnkjhuytr"},)"
                                     R"("occurred_at":"2026-11-20T10:42:07Z"})"));
        ASSERT_TRUE((*till)->hear(kPatience));
    }

    std::optional<Headquarters> hq_;
    std::optional<Scratch> folder_;
    std::unique_ptr<Lab> lab_;
};

TEST_F(HeartbeatLab, HeadquartersKnowsHowTheStoreDoes) {
    EXPECT_TRUE(hq_->hears(R"("state":"online")")) << hq_->all();
    EXPECT_THAT(hq_->all(), HasSubstr("Qwsdfgh7 /beats {\"store\":\"0042\""));
    EXPECT_THAT(hq_->all(), HasSubstr("\"configuration\":{\"tillkeeper.toml\":\""));
    ASSERT_TRUE(lab_->cloud().control().cut_network());
    sell("a");
    sell("b");
    EXPECT_TRUE(hq_->hears(R"("safe":2)")) << hq_->all();
    EXPECT_TRUE(hq_->hears(R"("erp":{"state":"waiting")")) << hq_->all();

    hq_->answer(503);
    sell("c");  // whatever headquarters says
    hq_->answer(204);
    ASSERT_TRUE(lab_->cloud().control().clear_faults());
    EXPECT_TRUE(hq_->hears(R"("erp":{"state":"current","cause":null,"behind":0)")) << hq_->all();
    const auto made = lab_->agent().command({"manifest", "make"});
    ASSERT_TRUE(made);
    ASSERT_EQ(made->status, 0) << made->output << made->errors;
    EXPECT_TRUE(hq_->hears(R"("serial":1)")) << hq_->all();
    for (const auto* word : {"M-7Qx2vK9pTz", "Vbnkjhuytr", "R-a"}) EXPECT_THAT(hq_->all(), Not(HasSubstr(word)));
}

}  // namespace
}  // namespace tillkeeper::lab
