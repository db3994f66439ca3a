// The till library at the bus as stores have it: TLS, the real broker, the real agent.
#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"
#include "till/till.h"

namespace tillkeeper::pos {
namespace {

using namespace std::chrono_literals;

class SigningIn : public testing::Test {
  protected:
    void SetUp() override {
        auto lab = lab::Lab::open({.name = "till-library-tls", .tills = 1});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        const auto password = lab_->folder().path() / "till.password";
        ASSERT_TRUE(lab::write_file(password, lab::Broker::password_of("till-1") + "\n", 0600));
        settings_.store = "0042";
        settings_.till = "till-1";
        settings_.outbox_file = lab_->folder().path() / "outbox";
        settings_.port = lab_->broker().tls_port();
        settings_.ca_file = lab_->broker().ca_file();
        settings_.password_file = password;
    }
    // Sells one, and runs until `until`.
    void sell(const std::function<bool()>& until) {
        Events events;
        events.answered = [this](const Answer& answer) { answers_.push_back(answer); };
        events.connection = [this](bool online, const std::string& why) {
            if (online) was_online_ = true;
            if (!online) why_ = why;
        };
        auto till = Till::open(settings_, events);
        ASSERT_TRUE(till) << till.failure().message;
        Sale sale;
        sale.content = R"({"currency":"EUR","total":1530,"tenders":[{"type":"cash","amount":1530}]})";
        ASSERT_TRUE(till->hand_over(sale));
        EXPECT_TRUE(lab::wait_until(
            [&] {
                EXPECT_TRUE(till->run_once(5ms));
                return until();
            },
            30s))
            << why_;
    }
    bool answered() const { return !answers_.empty(); }

    std::unique_ptr<lab::Lab> lab_;
    Settings settings_;
    std::vector<Answer> answers_;
    std::string why_;
    bool was_online_ = false;
};

// [till-6]
TEST_F(SigningIn, ByPasswordAndOnlyToABrokerOfTheStoresCa) {
    const auto right = settings_.ca_file;
    settings_.ca_file = "/etc/ssl/certs/ca-certificates.crt";
    sell([&] { return !why_.empty(); });
    EXPECT_FALSE(was_online_) << "a broker that the CA does not vouch for was believed";
    EXPECT_FALSE(answered());
    settings_.ca_file = right;
    sell([&] { return answers_.size() >= 2; });
    EXPECT_EQ(answers_.front().till_sequence, 1) << "what waited comes first";
    for (const auto& answer : answers_) EXPECT_EQ(answer.outcome, Outcome::kAccepted) << answer.document;
}

volatile std::sig_atomic_t pipes_broken = 0;

// [till-6]
TEST_F(SigningIn, AProgramOutlivesItsConnection) {
    pipes_broken = 0;
    const auto before = std::signal(SIGPIPE, [](int) { pipes_broken = 1; });
    Events events;
    events.answered = [this](const Answer& answer) { answers_.push_back(answer); };
    auto till = Till::open(settings_, events);
    ASSERT_TRUE(till);
    Sale sale;
    sale.content = R"({"currency":"EUR","total":0})";
    ASSERT_TRUE(till->hand_over(sale));
    ASSERT_TRUE(lab::wait_until([&] { return till->run_once(5ms) && answered(); }, 30s));
    // The broker has read all by now, so that its end is no reset: that comes only with what is written then.
    for (int round = 0; round < 20; ++round) ASSERT_TRUE(till->run_once(5ms));
    lab_->broker().kill();
    ASSERT_TRUE(till->hand_over(sale));
    {
        const Till gone = std::move(*till);
    }
    EXPECT_EQ(pipes_broken, 0) << "a SIGPIPE would have ended the program";
    ::raise(SIGPIPE);
    EXPECT_EQ(pipes_broken, 1) << "the library changed what the program does about SIGPIPE";
    std::signal(SIGPIPE, before);
}

// [till-6]
TEST_F(SigningIn, ByCertificate) {
    const auto cards = (lab_->folder().path() / "cards").string();
    const auto made = lab_->agent().command({"till", "add", "till-9", "--certificate", "--out", cards});
    ASSERT_TRUE(made && made->status == 0) << made->errors;
    settings_.till = "till-9";
    settings_.port = lab_->broker().certificate_port();
    settings_.password_file.clear();
    settings_.certificate_file = cards + "/till-9.pem";
    settings_.key_file = cards + "/till-9.key";
    sell([&] { return answered(); });
    EXPECT_EQ(answers_.front().outcome, Outcome::kAccepted) << answers_.front().document;
}

// [till-1]
TEST_F(SigningIn, TheReceiptFindsTheSaleInTheJournal) {
    sell([&] { return answered(); });
    EXPECT_GT(answers_.front().journal_number, 0);
    EXPECT_TRUE(answers_.front().document.contains("\"hash\""));
    const auto found = lab_->agent().command({"find", answers_.front().receipt, "--json"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->status, 0) << found->errors;
}

}  // namespace
}  // namespace tillkeeper::pos
