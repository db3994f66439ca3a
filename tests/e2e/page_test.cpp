// The page of a running store through an outage, as a browser without JavaScript sees it. [agent-8] [agent-31]
#include <gtest/gtest.h>

#include "platform/certificates.h"
#include "platform/linux-arm/system.h"
#include "tests/e2e/bus_client.h"
#include "tests/e2e/fetch.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

constexpr auto kSoon = std::chrono::seconds(30);

class Page : public ::testing::Test {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.name = "tillkeeper-page", .tills = 1});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        const till::BrokerAddress tls{
            .host = "localhost", .port = lab_->broker().tls_port(), .ca_file = lab_->broker().ca_file().string()};
        till_ = std::make_unique<BusClient>(tls, till::BrokerUser{"till-1", Broker::password_of("till-1")});
        ASSERT_TRUE(till_->granted());
        till_->subscribe("tillkeeper/v1/tills/till-1/replies");
    }
    // Sells with the receipt "R-<sequence>" and waits for the answer.
    void sell(int sequence) {
        const std::string number = std::to_string(sequence);
        till_->publish("tillkeeper/v1/tills/till-1/transactions",
                       R"({"id":"sale-)" + number + R"(","type":"sale","till_sequence":)" + number +
                           R"(,"receipt":"R-)" + number + R"(","occurred_at":")" + to_rfc3339(SystemClock().wall()) +
                           R"(","total":100})");
        EXPECT_TRUE(till_->turn_until(
            [&] {
                for (const auto& heard : till_->heard())
                    if (heard.contains("\"sale-" + number + "\"")) return true;
                return false;
            },
            kSoon));
    }
    [[nodiscard]] bool will_show(const std::string& path, const std::string& text) const {
        return wait_until(
            [&] {
                const auto page = fetch(lab_->agent().page() + path);
                return page && page->status == 200 && page->body.contains(text);
            },
            kSoon);
    }

    std::unique_ptr<Lab> lab_;
    std::unique_ptr<BusClient> till_;
};

TEST_F(Page, TellsAnOutageAndWhereAReceiptIs) {
    sell(1);
    EXPECT_TRUE(will_show("/?lang=de", "Online.</span> Verkaufen Sie weiter."));
    EXPECT_TRUE(will_show("/receipt?lang=en&q=R-1", "Safe on this box since "));
    EXPECT_TRUE(will_show("/receipt?lang=en&q=R-1", "Booked under number "));

    ASSERT_TRUE(lab_->cloud().control().cut_network());
    sell(2);
    EXPECT_TRUE(will_show("/?lang=fr", "1 vente est en sécurité sur ce boîtier."));
    EXPECT_TRUE(will_show("/view?lang=en", "Offline since "));
    EXPECT_TRUE(will_show("/receipt?lang=en&q=R-2", "On its way"));

    ASSERT_TRUE(lab_->cloud().control().clear_faults());
    EXPECT_TRUE(will_show("/receipt?lang=en&q=R-2", "Booked under number "));
    EXPECT_TRUE(will_show("/?lang=it", "Online.</span> Continui a vendere. Tutto è arrivato."));
    EXPECT_TRUE(will_show("/receipt?lang=es&q=R-3", "no hay ningún tique con ese número"));
}

TEST_F(Page, AStoreThatStaysOfflineOnPurposeSellsAndComesBack) {  // [agent-36]
    const auto config = (lab_->agent().setup().data_folder.parent_path() / "tillkeeper.toml").string();
    const auto tillkeeper = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {kCommandProgram, "--config", config});
        const auto ran = run_command(words, lab_->folder().path());
        return ran ? ran->status : -1;
    };
    ASSERT_EQ(tillkeeper({"offline", "--for", "2h", "--why", "new router"}), 0);
    EXPECT_TRUE(will_show("/?lang=en", "Kept offline by the store until "));
    sell(1);
    EXPECT_TRUE(will_show("/?lang=de", "1 Verkauf liegt sicher auf dieser Box."));
    EXPECT_TRUE(will_show("/api/status", R"("cause":"by_staff")"));
    lab_->agent().kill();
    ASSERT_TRUE(lab_->agent().start());
    EXPECT_TRUE(will_show("/?lang=en", "Kept offline by the store until ")) << "a restart does not end it";
    EXPECT_TRUE(will_show("/receipt?lang=en&q=R-1", "On its way"));

    ASSERT_EQ(tillkeeper({"online", "--why", "router is there"}), 0);
    EXPECT_TRUE(will_show("/receipt?lang=en&q=R-1", "Booked under number "));
    EXPECT_EQ(tillkeeper({"offline", "--for", "25h", "--why", "too long"}), 1);
}

// What is typed into the page is nobody else's to read. [agent-56]
TEST(PageOverTls, TellsTheSameAndIsNothingElse) {
    constexpr WallTime kUntil = std::chrono::sys_days(std::chrono::year(2100) / 1 / 1);
    auto folder = Scratch::make("tillkeeper-page-tls");
    ASSERT_TRUE(folder) << folder.error().message;
    const auto authority = make_authority("a store", kUntil).value();
    const auto own =
        issue_certificate(authority, {.common_name = "box", .hosts = {"127.0.0.1"}, .until = kUntil}).value();
    const auto file = (folder->path() / "page").string();
    ASSERT_TRUE(write_file(file + ".ca", authority.certificate_pem));
    ASSERT_TRUE(write_file(file + ".pem", own.certificate_pem));
    ASSERT_TRUE(write_file(file + ".key", own.key_pem, 0600));
    AgentSetup setup;
    setup.page_identity = file;
    auto lab = Lab::open({.name = "tillkeeper-page-tls", .tills = 1, .agent = setup});
    ASSERT_TRUE(lab) << lab.error().message;
    const Agent& agent = (*lab)->agent();
    const auto page = fetch(agent.page() + "/?lang=en", kSoon, agent.to_page());
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->status, 200);
    EXPECT_TRUE(page->body.contains("Keep selling"));
    auto sending = agent.to_page();
    sending.headers = {"Origin: " + agent.page()};
    sending.form = "name=Anna&pin=000000";
    const auto guessed = fetch(agent.page() + "/sign-in", kSoon, sending);
    ASSERT_TRUE(guessed) << guessed.error().message;
    EXPECT_NE(guessed->status, 303) << "nobody has a PIN yet";
    std::string plain = agent.page();
    plain.erase(plain.find('s'), 1);
    EXPECT_FALSE(fetch(plain + "/")) << "plain HTTP is not answered";
}

}  // namespace
}  // namespace tillkeeper::lab
