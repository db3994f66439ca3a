// The control socket's questions and decisions over a real journal.
#include "agent/local/control.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "agent/contract/transaction.h"
#include "sync/reconciliation.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_loop.h"

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;

class ControlTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "control-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        storage::JournalOptions options;
        options.folder = folder_;
        journal_ = std::move(storage::Journal::open(options).value());
        const std::vector<std::string> names{"erp"};
        ASSERT_TRUE(journal_->register_destinations(names));
        destinations_[0].name = "erp";
        destinations_[0].types = {"sale", "return"};
        reader_ = std::move(storage::JournalReader::open(options).value());
        writer_ = storage::Writer::make(*journal_, loop_, clock_, {});
        decisions_.emplace(DecisionParts{*reader_, *writer_, loop_, clock_, device_, [this] { ++decided_; }});
        control_.emplace(ControlParts{*reader_, *decisions_, loop_, clock_, destinations_, [] { return StoreState{}; },
                                      [](HttpServer::Reply reply) { reply({.body = "{}"}); }, [this] { ++retried_; }});
    }
    void TearDown() override {
        control_.reset();
        writer_.reset();
        std::filesystem::remove_all(folder_);
    }

    storage::JournalNumber hand_over(const std::string& body) {
        auto examined = examine_transaction("till-1", body);
        examined.entry.arrival = {clock_.wall(), clock_.monotonic(), device_.boot_id(), true};
        const std::vector entries{examined.entry};
        return journal_->commit(entries, {}).value().front().number;
    }
    ServerResponse ask(const std::string& method, const std::string& path, const std::string& body = "",
                       std::map<std::string, std::string> query = {}) {
        ServerRequest request;
        request.method = method;
        request.path = path;
        request.body = body;
        request.query = std::move(query);
        std::optional<ServerResponse> answer;
        control_->handle(std::move(request), [&](ServerResponse response) { answer = std::move(response); });
        loop_.run_until_idle();
        EXPECT_TRUE(answer) << path;
        return std::move(answer).value_or(ServerResponse{});
    }
    static std::string sale(const std::string& id, int total) {
        return R"({"id":")" + id +
               R"(","type":"sale","till_sequence":1,"occurred_at":"2026-11-20T10:42:07Z","receipt":"R-)" + id +
               R"(","total":)" + std::to_string(total) + R"(,"tenders":[{"type":"cash","amount":100}]})";
    }

    std::string folder_;
    fakes::FakeClock clock_;
    fakes::FakeLoop loop_{clock_};
    fakes::FakeDevice device_;
    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;
    std::unique_ptr<storage::Writer> writer_;
    std::vector<sync::DestinationConfig> destinations_{1};
    std::optional<DecisionDesk> decisions_;
    std::optional<Control> control_;
    int decided_ = 0;
    int retried_ = 0;
};

TEST_F(ControlTest, ShowsWhereACloudBookedOtherwise) {  // [sync-11]
    EXPECT_EQ(ask("GET", "/differences").body, R"({"differences":[],"more":false})");
    storage::Entry redemption;
    redemption.till = "till-1";
    redemption.transaction_id = "r-1";
    redemption.type = "redemption";
    redemption.body = R"({"id":"r-1","member_id":"17850","points":50})";
    const std::vector entries{sync::reconciliation(
        redemption, {.cause = "member_closed", .amount = 50, .unit = "points", .detail = "say \"no\""}, "crm",
        {clock_.wall(), clock_.monotonic(), device_.boot_id(), true})};
    ASSERT_TRUE(journal_->commit(entries, {}));
    const auto rows = ask("GET", "/differences").body;
    EXPECT_THAT(rows, HasSubstr(R"("till":"till-1","refers_to":"r-1","destination":"crm")"));
    EXPECT_THAT(rows, HasSubstr(R"("cause":"member_closed","unit":"points","detail":"say \"no\"","amount":50})"));
    EXPECT_THAT(rows, testing::Not(HasSubstr("17850"))) << "who it is stays in the entry";
    EXPECT_EQ(ask("GET", "/differences", "", {{"after", "1"}}).body, R"({"differences":[],"more":false})");
}

TEST_F(ControlTest, ShowsWhatIsQuarantinedAndWhy) {
    hand_over(sale("good", 100));
    const auto number = hand_over(sale("bad", 90));
    const auto queue = ask("GET", "/queue");
    EXPECT_EQ(queue.status, 200);
    EXPECT_THAT(queue.body, HasSubstr(R"("transaction_id":"bad")"));
    EXPECT_THAT(queue.body, testing::Not(HasSubstr(R"("transaction_id":"good")")));
    const auto entry = ask("GET", "/entries/" + std::to_string(number));
    EXPECT_THAT(entry.body, HasSubstr("urn:tillkeeper:problem:totals"));
    EXPECT_THAT(entry.body, HasSubstr(R"("transaction":{"id":"bad")"));
    EXPECT_EQ(ask("GET", "/entries/99").status, 404);
    EXPECT_EQ(ask("GET", "/entries/x").status, 404);
    EXPECT_EQ(ask("GET", "/queue", "", {{"destination", "erp"}}).body, R"({"items":[],"more":false})");
}

TEST_F(ControlTest, TellsHowFarAVerificationIs) {
    hand_over(sale("good", 100));
    bool verified = false;
    ServerRequest request;
    request.method = "GET";
    request.path = "/verify";
    control_->handle(std::move(request), [&](const ServerResponse&) { verified = true; });
    EXPECT_FALSE(verified);
    EXPECT_EQ(ask("GET", "/verify/progress").body, R"({"running":true,"done":1,"total":1})");
    EXPECT_TRUE(verified);
    EXPECT_EQ(ask("GET", "/verify/progress").body, R"({"running":false,"done":0,"total":0})");
}

TEST_F(ControlTest, FindsByReceiptAndById) {
    hand_over(sale("good", 100));
    for (const char* text : {"good", "R-good"}) {
        const auto found = ask("GET", "/find", "", {{"text", text}});
        EXPECT_THAT(found.body, HasSubstr(R"("number":1)")) << text;
        EXPECT_THAT(found.body, HasSubstr(R"("destinations":{"erp":"waiting"})"));
    }
    destinations_[0].types = {"order_collected"};
    EXPECT_THAT(ask("GET", "/find", "", {{"text", "good"}}).body, HasSubstr(R"("destinations":{"erp":"not_sent"})"))
        << "[agent-52] it never goes there";
    destinations_[0].types.clear();
    EXPECT_EQ(ask("GET", "/find", "", {{"text", "none"}}).body, R"({"found":[]})");
    const storage::Progress taken{
        .destination = "erp", .hold = {}, .delivered = {}, .booked = {{"erp", 1, "SO \"17\""}}, .cursor = 1};
    ASSERT_TRUE(journal_->commit({}, {&taken, 1}));
    EXPECT_THAT(ask("GET", "/find", "", {{"text", "good"}}).body,
                HasSubstr(R"("destinations":{"erp":"delivered"},"documents":{"erp":"SO \"17\""})"));
    EXPECT_THAT(ask("GET", "/verify").body, HasSubstr(R"("whole":true,"entries":1)"));
    EXPECT_EQ(ask("GET", "/verify/progress").body, R"({"running":false,"done":0,"total":0})");
}

// [agent-2]
TEST_F(ControlTest, RepairsAQuarantinedOneAndKeepsTheOriginal) {
    const auto number = hand_over(sale("bad", 90));
    const std::string path = "/queue/" + std::to_string(number) + "/repair";
    const auto repair = [&](const std::string& transaction) {
        return ask("POST", path, R"({"destination":"","who":"desk","why":"typo","transaction":)" + transaction + '}');
    };
    EXPECT_EQ(repair(sale("bad", 91)).status, 400) << "still does not add up";
    EXPECT_EQ(repair("3").status, 400);
    EXPECT_EQ(decided_, 0);
    const auto done = repair(sale("bad", 100));
    EXPECT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(done.body, R"({"recorded_as":2})");
    EXPECT_EQ(decided_, 1);
    EXPECT_EQ(reader_->entry(1).value()->body, sale("bad", 90));
    EXPECT_EQ(reader_->entry(2).value()->kind, storage::EntryKind::kReleased);
    EXPECT_EQ(repair(sale("bad", 100)).status, 404) << "nothing is held any more";
}

TEST_F(ControlTest, HasWhatWaitsTryAtOnceWhenAPersonMendedSomething) {
    EXPECT_EQ(ask("POST", "/retry").body, "{}");
    EXPECT_EQ(retried_, 1);
    EXPECT_EQ(ask("GET", "/retry").status, 404);
    EXPECT_EQ(retried_, 1);
}

TEST_F(ControlTest, RefusesHalfDecisions) {
    hand_over(sale("bad", 90));
    EXPECT_EQ(ask("POST", "/queue/1/skip", "{}").status, 400) << "somebody must have decided it";
    EXPECT_EQ(ask("POST", "/queue/1/skip", "nonsense").status, 400);
    EXPECT_EQ(ask("POST", "/queue/1/burn", R"({"who":"x"})").status, 404);
    EXPECT_EQ(ask("POST", "/queue/x/skip", R"({"who":"x"})").status, 404);
    EXPECT_EQ(ask("POST", "/queue/7/skip", R"({"who":"x","why":""})").status, 404);
    // [agent-10] Who and why are kept for ever.
    EXPECT_EQ(ask("POST", "/queue/1/skip", R"({"who":"x","why":"card 4111 1111 1111 1111"})").status, 400);
    EXPECT_EQ(ask("POST", "/queue/1/skip", R"({"who":"4111111111111111","why":"test"})").status, 400);
    EXPECT_EQ(ask("DELETE", "/queue/1").status, 404);
    EXPECT_EQ(ask("POST", "/queue/1/skip", R"({"who":"x","why":"test"})").status, 200);
}

}  // namespace
}  // namespace tillkeeper::agent
