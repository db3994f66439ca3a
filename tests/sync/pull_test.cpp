// The pure parts of a source: when it is asked, its states, its pages, its addresses.
#include <gtest/gtest.h>

#include <map>

#include "sync/page_reader.h"
#include "sync/pull_policy.h"
#include "sync/pull_state.h"
#include "sync/source_request.h"
#include "sync/url_template.h"
#include "tests/fakes/fake_http.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::sync {
namespace {

using namespace std::chrono_literals;
using fakes::http_answer;

constexpr MonotonicTime kNow{Duration(1h)};

SourceConfig members(PageFormat format = PageFormat::kJson) {
    SourceConfig config;
    config.collection = "members";
    config.url = "https://crm.example/members?since={cursor}&page={page}";
    config.record_key = "member_id";
    config.format = format;
    return config;
}

// [sync-9]
TEST(PullState, EveryStateMeetsEveryEvent) {
    using S = PullState;
    using E = PullEvent;
    const std::map<std::pair<S, E>, S> moves{
        {{S::kResting, E::kDue}, S::kWaiting},      {{S::kWaiting, E::kAsked}, S::kAsking},
        {{S::kAsking, E::kPage}, S::kApplying},     {{S::kAsking, E::kUnchanged}, S::kResting},
        {{S::kAsking, E::kForgotten}, S::kResting}, {{S::kAsking, E::kRefused}, S::kWaiting},
        {{S::kAsking, E::kFailed}, S::kResting},    {{S::kWaiting, E::kFailed}, S::kResting},
        {{S::kApplying, E::kFailed}, S::kResting},  {{S::kApplying, E::kApplied}, S::kWaiting},
        {{S::kApplying, E::kFinished}, S::kResting}};
    for (int s = 0; s <= static_cast<int>(S::kApplying); ++s)
        for (int e = 0; e <= static_cast<int>(E::kFinished); ++e) {
            const auto move = moves.find({static_cast<S>(s), static_cast<E>(e)});
            const S wanted = move == moves.end() ? static_cast<S>(s) : move->second;
            EXPECT_EQ(next(static_cast<S>(s), static_cast<E>(e)), wanted) << s << " meets " << e;
        }
}

TEST(PullPolicy, AFleetDoesNotComeInStep) {
    fakes::SeededRandom random(3);
    Duration earliest = 1h;
    Duration latest = 0s;
    for (int i = 0; i < 1000; ++i) {
        PullPolicy policy(5min);
        policy.finished(kNow, random);
        earliest = std::min(earliest, policy.next() - kNow);
        latest = std::max(latest, policy.next() - kNow);
    }
    EXPECT_GE(earliest, 270s);
    EXPECT_LT(earliest, 275s);
    EXPECT_LE(latest, 330s);
    EXPECT_GT(latest, 325s);
}

TEST(PullPolicy, StartsAtOnceWhereNothingIsHere) {
    fakes::SeededRandom random(3);
    PullPolicy policy(5min);
    policy.start({}, kNow, random);
    EXPECT_TRUE(policy.due(kNow));
    policy.start(4min, kNow, random);
    EXPECT_FALSE(policy.due(kNow + 1min - 1us));
    EXPECT_TRUE(policy.due(kNow + 90s));
    policy.start(-3h, kNow, random);  // the clock went back
    EXPECT_TRUE(policy.due(kNow + 5min + 30s));
}

// [sync-5]
TEST(PullPolicy, AnOutageOfThirtyDaysChangesNothing) {
    fakes::SeededRandom random(3);
    PullPolicy policy(5min);
    MonotonicTime now = kNow;
    while (now < kNow + 720h) {
        policy.failed(now, random);
        ASSERT_LE(policy.next() - now, kPullFailedWaitMax);
        now = std::max(policy.next(), now + 1s);
    }
    policy.retry_now(now);
    EXPECT_TRUE(policy.due(now));
    policy.failed(now, random, 10min);
    policy.retry_now(now);
    EXPECT_FALSE(policy.due(now + 9min)) << "the source asked for patience";
    EXPECT_TRUE(policy.due(now + 10min));
}

// [sync-9]
TEST(PullPolicy, TheSalesGoFirst) {
    const auto wait = [](bool sales, std::optional<Duration> age, Duration since) {
        return PullPolicy::wait_for_sales(sales, age, 24h, since);
    };
    EXPECT_EQ(wait(false, 1h, 0s), 0s);
    EXPECT_EQ(wait(true, 1h, 10min), kLookAgainAfter);
    EXPECT_EQ(wait(true, 24h, 10min), kLookAgainAfter);
    EXPECT_EQ(wait(true, 25h, 10min), 0s) << "too old to wait";
    EXPECT_EQ(wait(true, {}, 10min), 0s) << "there is nothing yet";
    EXPECT_EQ(wait(true, {}, 100ms), kPagesApartWhileSales - 100ms) << "but a page at a time";
}

Result<Page> read(std::string body, const SourceConfig& config, JqProgram* program = nullptr) {
    return read_page(http_answer(200, std::move(body), {{"x-cursor", "h-7"}}), config, program);
}

std::string pieces(const Page& page) {
    std::string all;
    for (const auto& piece : page.pieces) all += (piece.deleted ? "-" : "+") + std::string(piece.text);
    return all + " next=" + page.next + " cursor=" + page.cursor;
}

// [sync-9]
TEST(PageReader, JsonInItsForms) {
    const auto config = members();
    EXPECT_EQ(pieces(*read(R"({"records":[{"a":1},{"b":2}],"deleted":["x",7],"next":"p2","cursor":99})", config)),
              R"(+{"a":1}+{"b":2}-"x"-7 next=p2 cursor=99)");
    EXPECT_EQ(pieces(*read(R"( [ {"a":1} ] )", config)), R"(+{"a":1} next= cursor=)");
    EXPECT_EQ(pieces(*read(R"({"deleted":[],"next":null,"cursor":""})", config)), " next= cursor=");
    for (const char* garbage : {"", "<html>", "null", "7", "{}", R"({"records":{}})", R"({"records":[1}])",
                                R"({"records":[],"deleted":"x"})", R"({"error":"busy"})", "[{\"a\":1}] trailing"})
        EXPECT_FALSE(read(garbage, config)) << garbage;
}

TEST(PageReader, LinesInTheirForms) {
    const auto config = members(PageFormat::kNdjson);
    EXPECT_EQ(pieces(*read("{\"member_id\":\"1\"}\r\n\n{\"deleted\":\"2\"}\n{\"member_id\":\"3\",\"deleted\":true}\n"
                           "{\"next\":\"p2\",\"cursor\":\"c\"}\n",
                           config)),
              R"(+{"member_id":"1"}-"2"-{"member_id":"3","deleted":true} next=p2 cursor=c)");
    EXPECT_EQ(pieces(*read("", config)), " next= cursor=");
    EXPECT_FALSE(read("{\"member_id\":\"1\"}\n{\"member_id\":\"2", config)) << "cut off";
}

TEST(PageReader, GraphQlErrorsInsideA200) {
    auto config = members();
    config.kind = SourceKind::kGraphQl;
    EXPECT_EQ(pieces(*read(R"({"data":{"members":{"records":[{"a":1}],"next":"p"}},"errors":[]})", config)),
              R"(+{"a":1} next=p cursor=)");
    EXPECT_FALSE(
        read(R"({"data":{"members":{"records":[{"a":1}]}},"errors":[{"message":"half of it failed"}]})", config))
        << "what came beside an error is not whole";
    EXPECT_FALSE(read(R"({"data":null})", config));
    EXPECT_FALSE(read(R"({"data":{}})", config));
    const auto gone =
        read(R"({"data":null,"errors":[{"message":"x","extensions":{"code":"CURSOR_EXPIRED"}}]})", config);
    ASSERT_TRUE(gone);
    EXPECT_TRUE(gone->forgotten);
}

TEST(PageReader, AProgramReadsWhatIsDifferent) {
    auto program = JqProgram::compile(
        R"({records:[.body.items[]|{member_id:.id,name:.n}],next:.body.links.next,cursor:.headers["x-cursor"]})", "t");
    ASSERT_TRUE(program);
    EXPECT_EQ(pieces(*read(R"({"items":[{"id":1,"n":"A"}],"links":{"next":null}})", members(), &*program)),
              R"(+{"member_id":1,"name":"A"} next= cursor=h-7)");
    const auto wrong = read(R"({"items":"Ada Lovelace"})", members(), &*program);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().message.find("Ada"), std::string::npos) << "a reason repeats nothing of what came";
    auto lines = JqProgram::compile("{records:.body}", "t");
    EXPECT_EQ(pieces(*read("{\"a\":1}\n{\"b\":2}\n", members(PageFormat::kNdjson), &*lines)),
              R"(+{"a":1}+{"b":2} next= cursor=)");
}

TEST(PageReader, RowsThatCannotBeKept) {
    const auto config = members();
    const auto row = [&](const std::string& text, bool deleted = false) {
        return row_of({.text = text, .deleted = deleted}, config);
    };
    EXPECT_EQ(row(R"({"member_id":17850})")->key, "17850");
    EXPECT_EQ(row(R"("x")", true)->key, "x");
    EXPECT_EQ(row(R"({"member_id":"y"})", true)->key, "y");
    EXPECT_EQ(row(R"({"member_id":"y"})", true)->body, "");
    for (const char* text :
         {"{}", R"({"member_id":null})", R"({"member_id":""})", R"({"member_id":1.5})", R"("text")", "7"})
        EXPECT_FALSE(row(text)) << text;
    EXPECT_FALSE(row("{\"member_id\":\"" + std::string(257, 'k') + "\"}"));
    EXPECT_FALSE(row("{\"member_id\":\"k\",\"x\":\"" + std::string(64 * 1024, 'k') + "\"}"));
}

TEST(UrlTemplate, WhatAValueContainsIsNotFilledAgain) {
    EXPECT_EQ(filled("https://x/{key}?f={field}&{none}", {{"key", "{field}/ä&="}, {"field", "phone"}}),
              "https://x/%7Bfield%7D%2F%C3%A4%26%3D?f=phone&{none}");
}

// [sync-9]
TEST(UrlTemplate, CredentialsNeverLeaveTheOrigin) {
    EXPECT_EQ(origin_of("HTTPS://Crm.Example/a"), "https://crm.example:443");
    EXPECT_EQ(origin_of("https://crm.example:443"), "https://crm.example:443");
    EXPECT_EQ(origin_of("http://h/x"), "http://h:80");
    EXPECT_EQ(origin_of("http://[::1]:8080/x"), "http://[::1]:8080");
    for (const char* bad :
         {"", "ftp://x", "https://", "https:///x", "https://a@crm.example/", "https://crm.example\\@evil/",
          "https://crm.example /", "//crm.example/", "http:/x", "http://"})
        EXPECT_EQ(origin_of(bad), std::nullopt) << bad;
    const auto config = members();
    for (const char* good : {"", "p2", "/members?page=2", "https://crm.example/m?p=2", "https://CRM.example:443/m?p=2"})
        EXPECT_EQ(why_not_next(config, good, "p1"), "") << good;
    for (const char* bad :
         {"p1", "https://evil.example/", "http://crm.example/m", "https://crm.example:8443/m",
          "https://crm.example@evil.example/", "https://crm.example.evil.example/", "https://crm.example\\.evil/"})
        EXPECT_NE(why_not_next(config, bad, "p1"), "") << bad;
    auto unpaged = config;
    unpaged.url = "https://crm.example/members";
    EXPECT_NE(why_not_next(unpaged, "p2", ""), "");
}

TEST(SourceRequest, WhatLeaves) {
    const auto config = members();
    const auto first = page_request(config, "", "c 1", "\"tag\"");
    EXPECT_EQ(first.url, "https://crm.example/members?since=c%201&page=");
    EXPECT_EQ(first.headers[1], (std::pair<std::string, std::string>("if-none-match", "\"tag\"")));
    const auto dated = page_request(config, "https://crm.example/x", "", "Fri, 20 Nov 2026 10:00:00 GMT");
    EXPECT_EQ(dated.url, "https://crm.example/x");
    EXPECT_EQ(dated.headers[1].first, "if-modified-since");
    auto graph = config;
    graph.kind = SourceKind::kGraphQl;
    graph.query = "query($cursor:String){m}";
    EXPECT_EQ(page_request(graph, "p\"2", "", "").body,
              R"({"query":"query($cursor:String){m}","variables":{"cursor":null,"page":"p\"2"}})");
    const PullPosition position{.page = "a\"\n", .cursor = "ü", .validator = "W/\"1\""};
    const auto again = PullPosition::from(position.stored());
    EXPECT_EQ(again.page + again.cursor + again.validator, "a\"\nüW/\"1\"");
    EXPECT_EQ(PullPosition::from("").page, "");
}

}  // namespace
}  // namespace tillkeeper::sync
