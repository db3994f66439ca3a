// Live questions: deadlines, slow clouds, probes, logins, wrong answers.
#include "sync/live_source.h"

#include <gtest/gtest.h>

#include <vector>

#include "sync/live_answer.h"
#include "sync/live_policy.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_http.h"
#include "tests/fakes/fake_loop.h"
#include "tests/fakes/seeded_random.h"
#include "tests/sync/fake_journal.h"

namespace tillkeeper::sync {
namespace {

using namespace std::chrono_literals;
using fakes::http_answer;
using fakes::http_failure;
using Outcome = LiveAnswer::Outcome;

SourceConfig members() {
    SourceConfig config;
    config.collection = "members";
    config.record_key = "member_id";
    config.live.emplace().url = "https://crm.example/members/{key}?by={field}";
    return config;
}

// [sync-10]
TEST(LivePolicy, EveryStateMeetsEveryEvent) {
    for (const auto state : {LiveState::kAsk, LiveState::kMirrorOnly}) {
        EXPECT_EQ(next(state, LiveEvent::kAnswered), LiveState::kAsk);
        EXPECT_EQ(next(state, LiveEvent::kMissed), state);
        EXPECT_EQ(next(state, LiveEvent::kMissedTooMany), LiveState::kMirrorOnly);
        EXPECT_EQ(next(state, LiveEvent::kFailed), LiveState::kMirrorOnly);
        EXPECT_EQ(next(state, LiveEvent::kProbeMissed), LiveState::kMirrorOnly);
    }
}

TEST(LivePolicy, MissesCountInARow) {
    fakes::SeededRandom random(5);
    LivePolicy policy(3);
    for (int i = 0; i < 100; ++i) {
        policy.missed({}, random);
        policy.missed({}, random);
        policy.answered();
    }
    EXPECT_TRUE(policy.asks());
    for (int i = 0; i < 3; ++i) policy.missed({}, random);
    EXPECT_FALSE(policy.asks());
    const auto first = policy.next_probe();
    policy.missed(MonotonicTime(1h), random);
    EXPECT_EQ(policy.next_probe(), first) << "a question that had left before says nothing new";
    policy.answered();
    EXPECT_TRUE(policy.asks());
}

LiveAnswer read(HttpResponse response, const SourceConfig& config = members()) {
    return read_live(response, config, nullptr);
}

TEST(LiveAnswers, WhatIsBelieved) {
    EXPECT_EQ(read(http_answer(200, R"({"member_id":"17850","points":1})")).body,
              R"({"member_id":"17850","points":1})");
    EXPECT_EQ(read(http_answer(200, R"([{"member_id":17850}])")).key, "17850");
    EXPECT_EQ(read(http_answer(200, "[]")).outcome, Outcome::kNotFound);
    EXPECT_EQ(read(http_answer(200, "null")).outcome, Outcome::kNotFound);
    EXPECT_EQ(read(http_answer(404)).outcome, Outcome::kNotFound);
    EXPECT_EQ(read(http_answer(404, R"({"error":"no such member"})")).outcome, Outcome::kNotFound);
    EXPECT_EQ(read(http_answer(404, "<html>nginx</html>")).cause, "service")
        << "a wrong address says nothing of members";
    EXPECT_EQ(read(http_answer(200, "<html>portal</html>")).cause, "service");
    EXPECT_EQ(read(http_answer(200, "{}")).cause, "service");
    EXPECT_EQ(read(http_answer(200, R"([{"member_id":"1"},{"member_id":"2"}])")).cause, "service") << "which one?";
    EXPECT_EQ(read(http_answer(403)).cause, "login");
    EXPECT_EQ(read(http_answer(503)).cause, "service");
    EXPECT_EQ(read(http_failure(TransportFailure::kNoDns)).cause, "offline");
}

TEST(LiveAnswers, GraphQlAndPrograms) {
    auto graph = members();
    graph.live->query = "query($key:String!){member(id:$key){member_id}}";
    EXPECT_EQ(read(http_answer(200, R"({"data":{"member":{"member_id":"7"}}})"), graph).key, "7");
    EXPECT_EQ(read(http_answer(200, R"({"data":{"member":null}})"), graph).outcome, Outcome::kNotFound);
    EXPECT_EQ(read(http_answer(200, R"({"data":{"member":null},"errors":[{"message":"x"}]})"), graph).cause, "service")
        << "an error is no absence";
    auto program =
        JqProgram::compile("if .status==404 then {found:false} else {found:true,record:{member_id:.body.id}} end", "t");
    const auto with = [&](HttpResponse response) { return read_live(response, members(), &*program); };
    EXPECT_EQ(with(http_answer(200, R"({"id":"9"})")).key, "9");
    EXPECT_EQ(with(http_answer(404, "nothing")).outcome, Outcome::kNotFound);
    EXPECT_EQ(with(http_answer(200, "[]")).cause, "service");
}

class LiveWorld : public ::testing::Test {
  protected:
    LiveWorld() {
        http.respond = [this](const HttpRequest& request) -> std::optional<HttpResponse> {
            if (request.url.starts_with("https://login.example")) return token;
            if (hangs) return std::nullopt;
            return answer;
        };
        open(members());
    }
    void open(const SourceConfig& config) {
        auto made = LiveSource::make(config, parts);
        ASSERT_TRUE(made) << made.error().message;
        live = std::move(*made);
    }
    void ask(const std::string& key = "17850") {
        live->ask("", key, clock.monotonic() + 300ms, [this, at = clock.monotonic()](LiveAnswer got) {
            answers.push_back(std::move(got));
            waited = clock.monotonic() - at;
        });
    }
    LiveAnswer ask_and_wait() {
        const auto before = answers.size();
        ask();
        loop.advance(300ms);
        EXPECT_EQ(answers.size(), before + 1);
        return answers.empty() ? LiveAnswer{} : answers.back();
    }

    fakes::FakeClock clock;
    fakes::FakeLoop loop{clock};
    fakes::FakeDevice device;
    fakes::SeededRandom random{7};
    fakes::FakeHttp http{loop};
    fakes::FakeJournal journal{loop};
    SyncParts parts{.loop = loop,
                    .clock = clock,
                    .device = device,
                    .random = random,
                    .http = http,
                    .reader = journal,
                    .writer = journal,
                    .store_id = "0042"};
    HttpResponse answer = http_answer(200, R"({"member_id":"17850"})");
    HttpResponse token = http_answer(200, R"({"access_token":"t","expires_in":3600})");
    bool hangs = false;
    std::unique_ptr<LiveSource> live;
    std::vector<LiveAnswer> answers;
    Duration waited{};
};

TEST_F(LiveWorld, AsksByKeyAndByField) {
    EXPECT_EQ(ask_and_wait().key, "17850");
    EXPECT_EQ(http.requests.back().url, "https://crm.example/members/17850?by=member_id");
    live->ask("phone", "+49 171", clock.monotonic() + 300ms, [](const LiveAnswer&) {});
    EXPECT_EQ(http.requests.back().url, "https://crm.example/members/%2B49%20171?by=phone");
}

// [sync-10]
TEST_F(LiveWorld, TheDeadlineHoldsAndCancels) {
    hangs = true;
    EXPECT_EQ(ask_and_wait().cause, "deadline");
    EXPECT_EQ(waited, 300ms);
    EXPECT_EQ(http.open(), 0U) << "cancelled";
    EXPECT_TRUE(live->worth_asking()) << "once is nothing";
    live->ask("", "1", clock.monotonic() - 1ms, [this](LiveAnswer got) { answers.push_back(std::move(got)); });
    EXPECT_EQ(answers.back().cause, "deadline");
    EXPECT_EQ(http.open(), 0U);
}

// [sync-10] A cloud that answers in 5 s: three questions wait, then nobody does, and one probe at a time goes on.
TEST_F(LiveWorld, ASlowCloudDoesNotSlowTheTills) {
    http.latency = 5s;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask_and_wait().cause, "deadline");
    EXPECT_FALSE(live->worth_asking());
    const auto asked = http.requests.size();
    for (int i = 0; i < 600; ++i) {
        ask();
        EXPECT_EQ(waited, 0s);
        loop.advance(100ms);
        EXPECT_LE(http.open(), 1U);
    }
    EXPECT_EQ(answers.size(), 603U);
    const auto probes = http.requests.size() - asked;
    EXPECT_GE(probes, 3U);
    EXPECT_LE(probes, 60U);
    http.latency = 100ms;
    loop.advance(20s);
    EXPECT_TRUE(live->worth_asking());
    EXPECT_EQ(ask_and_wait().outcome, Outcome::kFound);
}

TEST_F(LiveWorld, OfflineIsKnownAtOnce) {
    answer = http_failure(TransportFailure::kNoRoute);
    EXPECT_EQ(ask_and_wait().cause, "offline");
    EXPECT_FALSE(live->worth_asking());
    ask();
    EXPECT_EQ(answers.back().cause, "offline");
    answer = http_answer(404);
    loop.advance(20s);
    EXPECT_TRUE(live->worth_asking());
    EXPECT_EQ(ask_and_wait().outcome, Outcome::kNotFound);
}

TEST_F(LiveWorld, GarbageCountsAsMissed) {
    answer = http_answer(200, "<html>");
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(live->worth_asking());
        EXPECT_EQ(ask_and_wait().cause, "service");
    }
    EXPECT_FALSE(live->worth_asking());
}

TEST_F(LiveWorld, ManyAtOnceAreBounded) {
    hangs = true;
    for (std::size_t i = 0; i < kLiveQuestionsMax + 10; ++i) ask(std::to_string(i));
    EXPECT_EQ(http.open(), kLiveQuestionsMax);
    EXPECT_EQ(answers.size(), 10U);
    for (const auto& got : answers) EXPECT_EQ(got.cause, "busy");
    loop.advance(301ms);
    EXPECT_EQ(answers.size(), kLiveQuestionsMax + 10) << "each exactly once";
    loop.advance(1min);
    EXPECT_EQ(answers.size(), kLiveQuestionsMax + 10);
}

TEST_F(LiveWorld, TheLogin) {
    auto secured = members();
    secured.oauth.auth = ClientAuth::kClientSecretBasic;
    secured.oauth.token_url = "https://login.example/token";
    open(secured);
    EXPECT_EQ(ask_and_wait().outcome, Outcome::kFound) << "the first one waits for the token, within its deadline";
    EXPECT_EQ(http.requests.back().headers.back().second, "Bearer t");
    open(secured);
    token = http_answer(400);
    EXPECT_EQ(ask_and_wait().cause, "login");
    EXPECT_FALSE(live->worth_asking());
    token = http_answer(200, R"({"access_token":"t","expires_in":3600})");
    loop.advance(2min);
    EXPECT_TRUE(live->worth_asking());
}

TEST_F(LiveWorld, WhatIsUnderWayGoesWithIt) {
    hangs = true;
    ask();
    live.reset();
    EXPECT_EQ(http.open(), 0U);
    loop.advance(1min);
    EXPECT_TRUE(answers.empty());
}

}  // namespace
}  // namespace tillkeeper::sync
