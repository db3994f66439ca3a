// The page over a real journal: from request to answer, across the two loops.
#include "agent/page/staff_page.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "agent/contract/transaction.h"
#include "storage/journal.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_loop.h"

namespace tillkeeper::agent {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const StoreZone kUtc = [](WallTime) { return Duration::zero(); };

class StaffPageTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "page-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        storage::JournalOptions options;
        options.folder = folder_;
        journal_ = std::move(storage::Journal::open(options).value());
        const std::vector<std::string> names{"erp", "crm"};
        ASSERT_TRUE(journal_->register_destinations(names));
        reader_ = std::move(storage::JournalReader::open(options).value());
        config_.destinations.resize(2);
        config_.destinations[0].name = "erp";
        config_.destinations[1].name = "crm";
        config_.destinations[1].types = {"return"};
        tills_.emplace(*reader_);
        writer_ = storage::Writer::make(*journal_, sync_loop_, clock_, {});
        outages_.emplace(OutageParts{*reader_, *writer_, sync_loop_, clock_, device_});
        decisions_.emplace(DecisionParts{*reader_, *writer_, sync_loop_, clock_, device_, [] {}});
        days_.emplace(MakerParts{*reader_, *writer_, sync_loop_, clock_, device_, {kUtc}, "0042", folder_});
        day_pages_.emplace(DayPageParts{*days_, *reader_, clock_, kUtc, "0042"});
        page_.emplace(PageParts{till_loop_,
                                sync_loop_,
                                sync_loop_,
                                clock_,
                                {},
                                *reader_,
                                *decisions_,
                                *tills_,
                                *outages_,
                                config_,
                                *day_pages_});
    }
    void TearDown() override {
        page_.reset();
        writer_.reset();
        std::filesystem::remove_all(folder_);
    }

    [[nodiscard]] storage::NewEntry examined(const std::string& body) const {
        auto entry = examine_transaction("till-1", body).entry;
        entry.arrival = {clock_.wall(), clock_.monotonic(), device_.boot_id(), true};
        return entry;
    }
    storage::JournalNumber hand_over(const std::string& body) {
        const std::vector entries{examined(body)};
        return journal_->commit(entries, {}).value().front().number;
    }
    static std::string sale(const std::string& id, int sequence, const std::string& more = "") {
        return R"({"id":")" + id + R"(","type":"sale","till_sequence":)" + std::to_string(sequence) +
               R"(,"occurred_at":"2026-11-20T10:00:00Z","receipt":"R-)" + id +
               R"(","member":{"id":"M-secret"},"total":4321)" + more + '}';
    }
    void settle(storage::Progress progress) { ASSERT_TRUE(journal_->commit({}, std::vector{std::move(progress)})); }

    ServerResponse ask(ServerRequest request, PageMoment moment = {}) {
        if (request.method.empty()) request.method = "GET";
        if (request.headers.empty()) request.headers = {{"host", "127.0.0.1:8480"}};
        if (moment.store.store.empty()) moment.store.store = "0042";
        std::optional<ServerResponse> answer;
        page_->handle(std::move(request), std::move(moment),
                      [&](ServerResponse response) { answer = std::move(response); });
        sync_loop_.run_until_idle();
        till_loop_.run_until_idle();
        EXPECT_TRUE(answer);
        return std::move(answer).value_or(ServerResponse{});
    }
    std::string receipt(const std::string& query) { return ask({.path = "/receipt", .query = {{"q", query}}}).body; }

    std::string folder_;
    fakes::FakeClock clock_;
    fakes::FakeLoop till_loop_{clock_};
    fakes::FakeLoop sync_loop_{clock_};
    fakes::FakeDevice device_;
    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;
    Config config_;
    std::unique_ptr<storage::Writer> writer_;
    std::optional<TillFeed> tills_;
    std::optional<OutageLog> outages_;
    std::optional<DecisionDesk> decisions_;
    std::optional<DayDesk> days_;
    std::optional<DayPages> day_pages_;
    std::optional<StaffPage> page_;
};

// [agent-7]
TEST_F(StaffPageTest, ReadsTheJournalOnTheSyncLoopAndAnswersOnTheTillLoop) {
    bool answered = false;
    page_->handle({.method = "GET", .path = "/", .headers = {{"host", "localhost"}}}, {},
                  [&](const ServerResponse&) { answered = true; });
    till_loop_.run_until_idle();
    EXPECT_FALSE(answered);
    sync_loop_.run_until_idle();
    EXPECT_FALSE(answered);
    till_loop_.run_until_idle();
    EXPECT_TRUE(answered);
}

// [agent-32]
TEST_F(StaffPageTest, TurnsStrangersAwayInPlainWords) {
    const auto strange = ask({.path = "/", .headers = {{"host", "evil.example"}, {"accept-language", "de"}}});
    EXPECT_EQ(strange.status, 421);
    EXPECT_THAT(strange.body, HasSubstr("Fragen Sie den Support"));
    EXPECT_EQ(ask({.path = "/page.js", .headers = {{"host", "evil.example"}}}).status, 421);
    const auto written = ask({.method = "POST", .path = "/"});
    EXPECT_EQ(written.status, 405);
    EXPECT_THAT(written.headers, testing::Contains(std::pair<std::string, std::string>("Allow", "GET, HEAD")));
    EXPECT_EQ(ask({.path = "/etc/passwd"}).status, 404);
    EXPECT_EQ(ask({.path = "/", .query = {{"q", std::string(2000, 'x')}}}).status, 414);
    for (const auto* path : {"/", "/view", "/receipt", "/page.css", "/page.js", "/nothing"}) {
        const auto answer = ask({.path = path});
        for (const auto& header : guarding_headers()) EXPECT_THAT(answer.headers, testing::Contains(header)) << path;
    }
}

TEST_F(StaffPageTest, AnswersHeadAsGet) {
    EXPECT_EQ(ask({.method = "HEAD", .path = "/"}).status, 200);
    EXPECT_EQ(ask({.path = "/page.css"}).content_type, "text/css; charset=utf-8");
    EXPECT_EQ(ask({.path = "/page.js"}).content_type, "text/javascript; charset=utf-8");
}

// [agent-31]
TEST_F(StaffPageTest, AChosenLanguageIsKeptInACookie) {
    const auto chosen = ask({.path = "/", .query = {{"lang", "fr"}}});
    EXPECT_THAT(chosen.body, HasSubstr("<html lang=\"fr\">"));
    EXPECT_THAT(chosen.headers, testing::Contains(testing::Key("Set-Cookie")));
    const auto later = ask({.path = "/", .headers = {{"host", "localhost"}, {"cookie", "lang=fr"}}});
    EXPECT_THAT(later.body, HasSubstr("<html lang=\"fr\">"));
    EXPECT_THAT(later.headers, Not(testing::Contains(testing::Key("Set-Cookie"))));
}

TEST_F(StaffPageTest, TellsWhereAReceiptIs) {
    const auto first = hand_over(sale("a-1", 1));
    EXPECT_THAT(receipt("R-a-1"),
                AllOf(HasSubstr("Safe on this box since 10:00"), HasSubstr("<b>erp</b><br>On its way"),
                      HasSubstr("<b>crm</b><br>Is not sent there")));
    settle({.destination = "erp", .hold = {}, .delivered = {}, .booked = {{"erp", first, "SO-17"}}, .cursor = first});
    EXPECT_THAT(receipt("R-a-1"), HasSubstr("<b>erp</b><br>Booked under number SO-17"));
    EXPECT_THAT(receipt("a-1"), HasSubstr("Booked under number SO-17")) << "by its id as well";
    const auto second = hand_over(sale("a-2", 2));
    settle({.destination = "erp",
            .hold = {{"erp", second, storage::HeldState::kHeld, "Ms Secret owes", 0, 0, clock_.wall()}},
            .delivered = {},
            .cursor = second});
    EXPECT_THAT(receipt("R-a-2"), HasSubstr("<b>erp</b><br>A person must look at it first"));
    EXPECT_THAT(receipt("R-a-3"), HasSubstr("No receipt with this number"));
    EXPECT_THAT(receipt(std::string(65, 'x')), HasSubstr("too long for the number of a receipt"));
    const auto card = receipt("4111 1111 1111 1111");
    EXPECT_THAT(card, AllOf(HasSubstr("looks like the number of a card"), Not(HasSubstr("4111"))));  // [agent-10]
}

// [agent-33]
TEST_F(StaffPageTest, ShowsNothingOfAPersonNorOfWhatWasSold) {
    const auto number = hand_over(sale("a-1", 1));
    settle({.destination = "erp",
            .hold = {{"erp", number, storage::HeldState::kHeld, "Ms Secret owes", 0, 0, clock_.wall()}},
            .delivered = {},
            .cursor = number});
    hand_over(sale("a-2", 4, R"(,"tenders":[{"type":"cash","amount":1}])"));
    PageMoment moment;
    moment.store.store = "0042";
    moment.store.held = 1;
    moment.store.quarantined = 1;
    for (const auto* path : {"/", "/view", "/receipt"}) {
        const auto html = ask({.path = path, .query = {{"q", "R-a-1"}}}, moment).body;
        EXPECT_THAT(html, AllOf(HasSubstr("erp did not accept it."), HasSubstr("do not add up to the total"),
                                HasSubstr("2 numbers are missing: 2–3")));
        EXPECT_THAT(html, AllOf(Not(HasSubstr("ecret")), Not(HasSubstr("4321")), Not(HasSubstr("43.21")))) << path;
    }
}

TEST_F(StaffPageTest, DoesNotWaitForALongJournal) {
    std::vector<storage::NewEntry> many;
    for (int i = 1; i <= 450; ++i) many.push_back(examined(sale("a-" + std::to_string(i), i)));
    ASSERT_TRUE(journal_->commit(many, {}));
    PageMoment moment;
    moment.store.store = "0042";
    bool answered = false;
    std::string html;
    page_->handle({.method = "GET", .path = "/", .headers = {{"host", "localhost"}}}, moment,
                  [&](ServerResponse response) {
                      answered = true;
                      html = std::move(response.body);
                  });
    sync_loop_.run_until_idle();
    till_loop_.run_until_idle();
    ASSERT_TRUE(answered);
    EXPECT_THAT(html, HasSubstr("still being counted"));
    EXPECT_THAT(ask({.path = "/"}).body, Not(HasSubstr("still being counted")));
}

class HeardStream final : public ServerStream {
  public:
    explicit HeardStream(std::string& heard) : heard_(heard) {}
    bool write(std::string_view bytes) override {
        heard_ += bytes;
        return true;
    }

  private:
    std::string& heard_;
};

// [agent-8]
TEST_F(StaffPageTest, TellsOpenPagesOfACutAtOnce) {
    auto answer = ask({.path = "/events"});
    EXPECT_EQ(answer.content_type, "text/event-stream");
    EXPECT_THAT(answer.headers, testing::Contains(testing::Key("Content-Security-Policy")));
    ASSERT_TRUE(answer.stream);
    std::string heard;
    answer.stream(std::make_unique<HeardStream>(heard));
    StoreState store;
    store.store = "0042";
    page_->note(store);
    EXPECT_EQ(heard, "data: 1\n\n");
    store.state = "offline";
    page_->note(store);
    EXPECT_EQ(heard, "data: 1\n\ndata: 2\n\n");
    EXPECT_FALSE(ask({.path = "/events", .headers = {{"host", "evil.example"}}}).stream);
}

// [agent-8]
TEST_F(StaffPageTest, MeasuresCatchingUpByWhoeverIsFurthestBehind) {
    PageMoment moment;
    moment.store.store = "0042";
    moment.store.state = "catching_up";
    moment.store.safe = 40;
    moment.store.destinations.resize(2);
    moment.store.destinations[0].behind = 3;
    moment.store.destinations[0].caught_up = 97;
    moment.store.destinations[1].behind = 40;
    moment.store.destinations[1].caught_up = 60;
    EXPECT_THAT(ask({.path = "/"}, moment).body, HasSubstr("<progress max=\"100\" value=\"60\""));
    moment.store.safe = moment.store.destinations[1].behind = 50;  // sold meanwhile
    EXPECT_THAT(ask({.path = "/"}, moment).body, HasSubstr("<progress max=\"110\" value=\"60\""));
    moment.store.destinations[1].caught_up = 0;
    EXPECT_THAT(ask({.path = "/"}, moment).body, HasSubstr("<progress max=\"50\" value=\"0\""));
}

}  // namespace
}  // namespace tillkeeper::agent
