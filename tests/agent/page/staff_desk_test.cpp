// Signing in and acting on the page, and those who should not: over a real journal, from request to chain.
#include <gmock/gmock.h>

#include <filesystem>

#include "agent/contract/transaction.h"
#include "agent/page/staff_page.h"
#include "storage/journal.h"
#include "sync/url_template.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_loop.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto kOwn = "http://localhost:8480";

// A device with its browser: it keeps its cookie, and says where a form came from.
struct Browser {
    std::string peer = "192.168.1.20";
    std::string cookie = "";
    std::string origin = kOwn;
};

class StaffDeskTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "staff-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        storage::JournalOptions options;
        options.folder = folder_;
        journal_ = std::move(storage::Journal::open(options).value());
        const std::vector<std::string> names{"erp"};
        ASSERT_TRUE(journal_->register_destinations(names));
        reader_ = std::move(storage::JournalReader::open(options).value());
        writer_ = storage::Writer::make(*journal_, sync_loop_, clock_, {});
        decisions_.emplace(DecisionParts{*reader_, *writer_, sync_loop_, clock_, device_, [this] { ++decided_; }});
        tills_.emplace(*reader_);
        outages_.emplace(OutageParts{*reader_, *writer_, sync_loop_, clock_, device_});
        config_.data_folder = folder_;
        config_.destinations.resize(1);
        config_.destinations[0].name = "erp";
        const StoreZone utc = [](WallTime) { return Duration::zero(); };
        days_.emplace(MakerParts{*reader_, *writer_, sync_loop_, clock_, device_, {utc}, "0042", folder_});
        day_pages_.emplace(DayPageParts{*days_, *reader_, clock_, utc, "0042"});
        page_.emplace(PageParts{till_loop_,
                                sync_loop_,
                                slow_loop_,
                                clock_,
                                {},
                                *reader_,
                                *decisions_,
                                *tills_,
                                *outages_,
                                config_,
                                *day_pages_});
        ASSERT_TRUE(People(folder_).set({"Anna", hash_pin("482915", 10).value()}));
    }
    void TearDown() override {
        page_.reset();
        writer_.reset();
        std::filesystem::remove_all(folder_);
    }

    storage::JournalNumber hand_over(const std::string& body) {
        auto entry = examine_transaction("till-1", body).entry;
        entry.arrival = {clock_.wall(), clock_.monotonic(), device_.boot_id(), true};
        return journal_->commit(std::vector{std::move(entry)}, {}).value().front().number;
    }
    storage::JournalNumber quarantined() {
        return hand_over(
            R"({"id":"a-1","type":"sale","till_sequence":1,"occurred_at":"2026-11-20T10:00:00Z",)"
            R"("receipt":"R-1","member_id":"M-secret","lines":[{"sku":"85123A","amount":1530}],"total":1503})");
    }
    storage::JournalNumber held() {
        const auto number = hand_over(
            R"({"id":"a-2","type":"sale","till_sequence":2,"occurred_at":"2026-11-20T10:00:00Z","receipt":"R-2"})");
        const storage::Progress progress{
            .destination = "erp",
            .hold = {{"erp", number, storage::HeldState::kHeld, "article <unknown>", 0, 0, clock_.wall()}},
            .delivered = {},
            .cursor = number};
        EXPECT_TRUE(journal_->commit({}, std::vector{progress}));
        return number;
    }

    ServerResponse ask(ServerRequest request) {
        PageMoment moment;
        moment.store.store = "0042";
        moment.store.quarantined = 1;
        std::optional<ServerResponse> answer;
        page_->handle(std::move(request), std::move(moment),
                      [&](ServerResponse response) { answer = std::move(response); });
        for (int turn = 0; turn < 5; ++turn)
            for (auto* loop : {&slow_loop_, &sync_loop_, &till_loop_}) loop->run_until_idle();
        EXPECT_TRUE(answer);
        return std::move(answer).value_or(ServerResponse{});
    }
    static ServerRequest from(const Browser& browser, const std::string& method, const std::string& path) {
        ServerRequest request{.method = method, .path = path, .headers = {{"host", "localhost:8480"}}};
        if (!browser.cookie.empty()) request.headers.emplace_back("cookie", "lang=en; " + browser.cookie);
        request.peer = browser.peer;
        return request;
    }
    ServerResponse get(const Browser& browser, const std::string& path, FormFields query = {}) {
        auto request = from(browser, "GET", path);
        for (auto& [name, value] : query) request.query[name] = value;
        return ask(std::move(request));
    }
    ServerResponse post(const Browser& browser, const std::string& path, const FormFields& form) {
        auto request = from(browser, "POST", path);
        if (!browser.origin.empty()) request.headers.emplace_back("origin", browser.origin);
        request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
        for (const auto& [name, value] : form)
            request.body +=
                (request.body.empty() ? "" : "&") + sync::percent_encoded(name) + '=' + sync::percent_encoded(value);
        return ask(std::move(request));
    }
    static std::string header_of(const ServerResponse& answer, const std::string& name) {
        for (const auto& [each, value] : answer.headers)
            if (each == name) return value;
        return "";
    }
    ServerResponse sign_in(Browser& browser, const std::string& pin = "482915", const std::string& next = "/") {
        auto answer = post(browser, "/sign-in", {{"name", "Anna"}, {"pin", pin}, {"next", next}});
        const auto cookie = header_of(answer, "Set-Cookie");
        if (!cookie.empty()) browser.cookie = cookie.substr(0, cookie.find(';'));
        return answer;
    }
    std::string token_of(const Browser& browser) {
        const auto html = get(browser, "/").body;
        const std::string before = R"(name="token" value=")";
        const auto at = html.find(before);
        if (at == std::string::npos) return "";
        return html.substr(at + before.size(), html.find('"', at + before.size()) - at - before.size());
    }
    FormFields about(storage::JournalNumber number, const Browser& browser, const std::string& destination = "") {
        return {{"token", token_of(browser)}, {"number", std::to_string(number)}, {"at", destination}, {"why", "typo"}};
    }
    std::int64_t waiting() { return static_cast<std::int64_t>(reader_->held(std::nullopt, 0, 100).value().size()); }
    storage::Entry newest() { return **reader_->entry(reader_->bounds().value().last); }

    std::string folder_;
    fakes::FakeClock clock_;
    fakes::FakeLoop till_loop_{clock_};
    fakes::FakeLoop sync_loop_{clock_};
    fakes::FakeLoop slow_loop_{clock_};
    fakes::FakeDevice device_;
    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;
    std::unique_ptr<storage::Writer> writer_;
    std::optional<DecisionDesk> decisions_;
    std::optional<TillFeed> tills_;
    std::optional<OutageLog> outages_;
    std::optional<DayDesk> days_;
    std::optional<DayPages> day_pages_;
    Config config_;
    std::optional<StaffPage> page_;
    int decided_ = 0;
};

TEST_F(StaffDeskTest, SigningInLeadsBackAndKeepsACookieThatNoScriptSees) {  // [agent-51]
    Browser anna;
    const auto sent = get(anna, "/held", {{"number", "1"}, {"at", "erp"}});
    EXPECT_EQ(sent.status, 303);
    EXPECT_EQ(header_of(sent, "Location"), "/sign-in?next=%2Fheld%3Fat%3Derp%26number%3D1");
    EXPECT_THAT(get(anna, "/sign-in", {{"next", "/held?at=erp&number=1"}}).body,
                AllOf(HasSubstr(R"(value="/held?at=erp&amp;number=1")"), HasSubstr(R"(type="password")")));
    const auto in = sign_in(anna, "482915", "/held?at=erp&number=1");
    EXPECT_EQ(in.status, 303);
    EXPECT_EQ(header_of(in, "Location"), "/held?at=erp&number=1");
    EXPECT_THAT(header_of(in, "Set-Cookie"),
                testing::MatchesRegex("session=[A-Za-z0-9_-]{22}; Path=/; HttpOnly; SameSite=Strict"));
    EXPECT_THAT(get(anna, "/").body, HasSubstr("Signed in: Anna"));
    EXPECT_THAT(get({}, "/").body, Not(HasSubstr("Anna"))) << "another browser";
    Browser behind_tls{.origin = "https://localhost:8480"};
    EXPECT_THAT(header_of(sign_in(behind_tls), "Set-Cookie"), HasSubstr("; Secure"));
}

TEST_F(StaffDeskTest, AWrongPinAndAnUnknownNameAreAnsweredAlike) {  // [agent-50]
    Browser one{.peer = "a"};
    Browser other{.peer = "b"};
    const auto wrong = sign_in(one, "482916");
    EXPECT_EQ(wrong.status, 403);
    const auto unknown = post(other, "/sign-in", {{"name", "Berta"}, {"pin", "482915"}});
    EXPECT_EQ(unknown.status, 403);
    EXPECT_THAT(wrong.body, HasSubstr("do not belong together"));
    EXPECT_THAT(unknown.body, HasSubstr("do not belong together"));
    EXPECT_THAT(wrong.body, Not(HasSubstr("482916")));
    EXPECT_EQ(header_of(wrong, "Set-Cookie"), "");
}

TEST_F(StaffDeskTest, WhoGuessesWaitsAndIsToldHowLong) {  // [agent-52]
    Browser thief;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(sign_in(thief, "99281" + std::to_string(i)).status, 403);
    const auto held_up = sign_in(thief);
    EXPECT_EQ(held_up.status, 429) << "the right PIN is not looked at either";
    EXPECT_EQ(header_of(held_up, "Retry-After"), "30");
    EXPECT_THAT(held_up.body, HasSubstr("too many attempts"));
    Browser neighbour{.peer = "192.168.1.21"};
    EXPECT_EQ(sign_in(neighbour).status, 303);
    clock_.advance(30s);
    EXPECT_EQ(sign_in(thief).status, 303);
}

TEST_F(StaffDeskTest, ManyDevicesAtOnceGainNothing) {  // [agent-52]
    int looked_at = 0;
    for (int i = 0; i < 200; ++i) {
        Browser each{.peer = "10.0.0." + std::to_string(i)};
        looked_at += sign_in(each, "992817").status == 403;
    }
    EXPECT_EQ(looked_at, 20);
}

TEST_F(StaffDeskTest, FewPinsAreComputedAtATime) {  // [agent-52]
    int answered = 0;
    int busy = 0;
    for (int i = 0; i < 10; ++i) {
        auto request = from({.peer = std::to_string(i)}, "POST", "/sign-in");
        request.headers.emplace_back("origin", kOwn);
        request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
        request.body = "name=Anna&pin=992817";
        page_->handle(std::move(request), {}, [&](const ServerResponse& answer) {
            ++answered;
            busy += answer.status == 429;
        });
    }
    EXPECT_EQ(busy, 6) << "while none of them is done";
    slow_loop_.run_until_idle();
    till_loop_.run_until_idle();
    EXPECT_EQ(answered, 10);
}

TEST_F(StaffDeskTest, NextLeadsNowhereElse) {  // [agent-51]
    for (const std::string next :
         {"//evil.example", "https://evil.example", "/\\evil.example", "/held\r\nSet-Cookie: a=b",
          "/held?x=\"><script>", "/nowhere", "javascript:alert(1)", ""}) {
        Browser anna;
        EXPECT_EQ(header_of(sign_in(anna, "482915", next), "Location"), "/") << next;
    }
}

TEST_F(StaffDeskTest, WhatTheTillsTookIsForThoseWhoSignedIn) {  // [agent-33]
    Browser anna;
    for (const auto* path : {"/day", "/day.csv", "/day.json", "/manifest"})
        EXPECT_THAT(header_of(get(anna, path), "Location"), HasSubstr("/sign-in?next=%2F")) << path;
    EXPECT_EQ(header_of(sign_in(anna, "482915", "/day?date=2026-11-20"), "Location"), "/day?date=2026-11-20");
    EXPECT_EQ(get(anna, "/day").status, 200);
    EXPECT_EQ(get(anna, "/day.csv").status, 200);
}

TEST_F(StaffDeskTest, EachSignInMakesANewIdAndEndsTheOld) {  // [agent-51]
    Browser victim{.cookie = "session=AAAAAAAAAAAAAAAAAAAAAA"};
    sign_in(victim);
    EXPECT_NE(victim.cookie, "session=AAAAAAAAAAAAAAAAAAAAAA") << "fixation";
    const Browser before = victim;
    sign_in(victim);
    EXPECT_NE(victim.cookie, before.cookie);
    EXPECT_THAT(get(before, "/").body, Not(HasSubstr("Anna")));
    EXPECT_THAT(get(victim, "/").body, HasSubstr("Anna"));
}

TEST_F(StaffDeskTest, ASessionEndsBySigningOutByRestingAndByRemoval) {  // [agent-51]
    const auto number = quarantined();
    Browser anna;
    sign_in(anna);
    const Browser kept = anna;
    const auto form = about(number, anna);
    const auto out = post(anna, "/sign-out", {{"token", token_of(anna)}});
    EXPECT_EQ(out.status, 303);
    EXPECT_THAT(header_of(out, "Set-Cookie"), HasSubstr("Max-Age=0"));
    EXPECT_EQ(header_of(post(kept, "/held/skip", form), "Location"), "/sign-in?ended=1") << "a replayed cookie";
    EXPECT_EQ(waiting(), 1);

    sign_in(anna);
    for (int i = 0; i < 12; ++i) {
        clock_.advance(1min);
        get(anna, "/view");
    }
    EXPECT_EQ(get(anna, "/held", {{"number", "1"}}).status, 303) << "what the page asks by itself is no use";

    sign_in(anna);
    ASSERT_TRUE(People(folder_).remove("Anna").value());
    EXPECT_EQ(get(anna, "/held", {{"number", "1"}}).status, 303);
    EXPECT_THAT(get(anna, "/").body, Not(HasSubstr("Anna")));
}

TEST_F(StaffDeskTest, AFormThatThisPageDidNotSendDoesNothing) {  // [agent-32]
    const auto number = quarantined();
    Browser anna;
    sign_in(anna);
    const auto form = about(number, anna);
    for (const auto* origin : {"http://evil.example", "null", "http://localhost:9999", "http://localhost", "file://"}) {
        Browser misled = anna;
        misled.origin = origin;
        const auto answer = post(misled, "/held/skip", form);
        EXPECT_EQ(answer.status, 403) << origin;
        EXPECT_THAT(answer.body, HasSubstr("did not come from this page"));
    }
    Browser silent = anna;
    silent.origin = "";
    EXPECT_EQ(post(silent, "/held/skip", form).status, 403) << "neither Origin nor Sec-Fetch-Site";
    for (const auto* token : {"", "x", "AAAAAAAAAAAAAAAAAAAAAA"}) {
        auto forged = form;
        forged["token"] = token;
        EXPECT_EQ(post(anna, "/held/skip", forged).status, 403) << token;
    }
    Browser other{.peer = "b"};
    sign_in(other);
    EXPECT_EQ(post(other, "/held/skip", form).status, 403) << "another session's token";
    EXPECT_EQ(post(anna, "/sign-out", {{"token", "x"}}).status, 403);
    auto site = from(anna, "POST", "/held/skip");
    site.headers.emplace_back("origin", kOwn);
    site.headers.emplace_back("sec-fetch-site", "cross-site");
    EXPECT_EQ(ask(std::move(site)).status, 403);
    EXPECT_EQ(waiting(), 1);
    EXPECT_EQ(decided_, 0);
}

TEST_F(StaffDeskTest, OtherMethodsAndBodiesDoNothing) {  // [agent-32] [agent-53]
    const auto number = quarantined();
    Browser anna;
    sign_in(anna);
    const auto form = about(number, anna);
    for (const auto* method : {"PUT", "DELETE", "PATCH", "OPTIONS", "post", "TRACE"})
        EXPECT_EQ(ask(from(anna, method, "/held/skip")).status, 405) << method;
    EXPECT_EQ(get(anna, "/held/skip", form).status, 303) << "a form's values in the address";
    auto strange = from(anna, "POST", "/held/skip");
    strange.headers.emplace_back("origin", kOwn);
    strange.headers.emplace_back("content-type", "text/plain");
    strange.body = "token=" + form.at("token") + "&number=" + form.at("number") + "&at=&why=x";
    EXPECT_EQ(ask(strange).status, 400);
    strange.headers.back().second = "application/x-www-form-urlencoded";
    strange.body += "&why=y";
    EXPECT_EQ(ask(strange).status, 400) << "a field twice";
    auto long_one = from({}, "POST", "/sign-in");
    long_one.headers.emplace_back("origin", kOwn);
    long_one.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    long_one.body = "name=Anna&pin=482915&x=" + std::string(5000, 'x');
    EXPECT_EQ(ask(std::move(long_one)).status, 400);
    EXPECT_EQ(ask(from(anna, "POST", "/")).status, 405);
    auto strangers = from(anna, "POST", "/held/skip");
    strangers.headers.front().second = "evil.example";
    EXPECT_EQ(ask(std::move(strangers)).status, 421) << "DNS rebinding";
    EXPECT_EQ(waiting(), 1);
}

TEST_F(StaffDeskTest, ContentShowsAfterSigningInOnly) {  // [agent-33]
    const auto one = quarantined();
    const auto two = held();
    const auto open = get({}, "/").body;
    EXPECT_THAT(open, AllOf(HasSubstr("The amounts do not add up to the total."), HasSubstr("erp did not accept it.")));
    EXPECT_THAT(open, AllOf(Not(HasSubstr("85123A")), Not(HasSubstr("1530")), Not(HasSubstr("unknown")),
                            Not(HasSubstr("secret"))));
    for (const auto* path : {"/held", "/held/print"})
        EXPECT_EQ(get({}, path, {{"number", std::to_string(one)}, {"at", ""}}).status, 303) << path;
    Browser anna;
    sign_in(anna);
    const auto shown = get(anna, "/held", {{"number", std::to_string(one)}, {"at", ""}});
    EXPECT_THAT(shown.body, AllOf(HasSubstr("Receipt R-1, till-1"), HasSubstr("Lines: The amounts do not add up"),
                                  HasSubstr(R"(name="/lines/0/sku" type="text")"), HasSubstr(R"(value="85123A")")));
    EXPECT_EQ(header_of(shown, "Refresh"), "600; url=/") << "it does not stay on a screen that nobody uses";
    EXPECT_THAT(get(anna, "/held", {{"number", std::to_string(two)}, {"at", "erp"}}).body,
                HasSubstr("<blockquote>article &lt;unknown&gt;</blockquote>"));
    EXPECT_THAT(get(anna, "/held/print", {{"number", std::to_string(one)}, {"at", ""}}).body,
                AllOf(HasSubstr("85123A"), HasSubstr("Date, name"), Not(HasSubstr("http-equiv"))));
    EXPECT_EQ(get(anna, "/held", {{"number", "4711"}, {"at", "erp"}}).status, 404);
    EXPECT_EQ(get(anna, "/held", {{"number", "x"}, {"at", "\r\nX: y"}}).status, 404);
}

TEST_F(StaffDeskTest, ARepairIsCheckedRecordedAndSent) {  // [agent-55]
    const auto number = quarantined();
    Browser anna;
    sign_in(anna);
    auto form = about(number, anna);
    form["/total"] = "1529";
    const auto wrong = post(anna, "/held/repair", form);
    EXPECT_EQ(wrong.status, 422);
    EXPECT_THAT(wrong.body, AllOf(HasSubstr("not right yet"), HasSubstr("Lines: The amounts do not add up"),
                                  HasSubstr(R"(value="1529")")));
    form["/total"] = "fifteen";
    EXPECT_THAT(post(anna, "/held/repair", form).body,
                AllOf(HasSubstr("Total: A number belongs here."), HasSubstr(R"(value="fifteen")")));
    form["/total"] = "1530";
    form["why"] = " ";
    EXPECT_THAT(post(anna, "/held/repair", form).body, HasSubstr("Please give a reason"));
    form["why"] = "card 4111 1111 1111 1111";
    EXPECT_EQ(post(anna, "/held/repair", form).status, 422) << "[agent-10]";
    EXPECT_EQ(waiting(), 1);

    form["why"] = "two digits \"swapped\"";
    const auto done = post(anna, "/held/repair", form);
    EXPECT_EQ(done.status, 303);
    EXPECT_EQ(header_of(done, "Location"), "/?done=repair");
    EXPECT_THAT(get(anna, "/", {{"done", "repair"}}).body, HasSubstr("as you corrected it"));
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(decided_, 1);
    const auto released = newest();
    EXPECT_EQ(released.kind, storage::EntryKind::kReleased);
    EXPECT_EQ(released.repairs, number);
    EXPECT_THAT(released.body, HasSubstr(R"("total":1530)"));
    EXPECT_EQ(released.problems,
              R"({"decision":"repair","destination":"","who":"Anna","why":"two digits \"swapped\""})");
    EXPECT_EQ(post(anna, "/held/repair", form).status, 404) << "once";
}

TEST_F(StaffDeskTest, TheWholeTextCanBeRepairedToo) {  // [agent-55]
    const auto number = quarantined();
    Browser anna;
    sign_in(anna);
    auto form = about(number, anna);
    form["transaction"] = "{\"id\":";
    EXPECT_THAT(post(anna, "/held/repair", form).body,
                AllOf(HasSubstr("not correct JSON"), HasSubstr("{&quot;id&quot;:</textarea>")));
    form["transaction"] = R"({"id":"a-1","type":"sale","till_sequence":1,"occurred_at":"2026-11-20T10:00:00Z"})";
    EXPECT_EQ(post(anna, "/held/repair", form).status, 303);
    EXPECT_EQ(newest().body, form["transaction"]);
}

TEST_F(StaffDeskTest, RetryAndSkipAreRecordedWithWhoAndWhy) {  // [agent-55]
    const auto one = quarantined();
    const auto two = held();
    Browser anna;
    sign_in(anna);
    auto again = about(two, anna, "erp");
    again["who"] = "Somebody else";
    EXPECT_EQ(header_of(post(anna, "/held/retry", again), "Location"), "/?done=retry");
    EXPECT_EQ(newest().problems, R"({"decision":"retry","destination":"erp","who":"Anna","why":"typo"})");
    EXPECT_THAT(get(anna, "/held", {{"number", std::to_string(two)}, {"at", "erp"}}).body,
                AllOf(HasSubstr("It is sent to erp next."), Not(HasSubstr("/held/skip"))));
    auto skip = about(one, anna);
    skip["why"] = "";
    EXPECT_EQ(post(anna, "/held/skip", skip).status, 422) << "why is asked for";
    skip["why"] = "rung up twice";
    EXPECT_EQ(header_of(post(anna, "/held/skip", skip), "Location"), "/?done=skip");
    EXPECT_EQ(newest().problems, R"({"decision":"skip","destination":"","who":"Anna","why":"rung up twice"})");
    EXPECT_EQ(newest().kind, storage::EntryKind::kAction);
}

TEST_F(StaffDeskTest, WhatWasDoneIsNotWhatAnAddressSays) {
    Browser anna;
    EXPECT_THAT(get(anna, "/", {{"done", "skip"}}).body, Not(HasSubstr("no longer sent")));
    sign_in(anna);
    EXPECT_THAT(get(anna, "/", {{"done", "<script>"}}).body, Not(HasSubstr("staff.done")));
}

TEST_F(StaffDeskTest, AFurtherActionIsOneCall) {
    Browser anna;
    std::string seen;
    page_->staff().on("POST /further", [&](const StaffRequest& asked, HttpServer::Reply reply) {
        seen = asked.facts.signed_in->name + ' ' + std::string(field(asked.fields, "what"));
        reply({.status = 303, .headers = {{"Location", "/"}}});
    });
    EXPECT_EQ(header_of(post(anna, "/further", {{"what", "it"}}), "Location"), "/sign-in?ended=1");
    sign_in(anna);
    EXPECT_EQ(post(anna, "/further", {{"what", "it"}}).status, 403);
    EXPECT_EQ(post(anna, "/further", {{"what", "it"}, {"token", token_of(anna)}}).status, 303);
    EXPECT_EQ(seen, "Anna it");
}

}  // namespace
}  // namespace tillkeeper::agent
