// Backoff, answers and token policy: whole grids.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "sync/answer.h"
#include "sync/backoff.h"
#include "sync/evidence.h"
#include "sync/token_policy.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr WallTime kNow = fakes::FakeClock::kStart;

TEST(Backoff, full_jitter_over_the_whole_range_at_the_cap_as_well) {  // [sync-5]
    fakes::SeededRandom random;
    Backoff backoff({.base = seconds(1), .cap = seconds(60)});
    for (int i = 0; i < 200; ++i) static_cast<void>(backoff.fail(random));
    EXPECT_EQ(backoff.ceiling(), seconds(60));
    Duration least = seconds(60), most{}, sum{};
    for (int i = 0; i < 2000; ++i) {
        const Duration wait = backoff.fail(random);
        least = std::min(least, wait);
        most = std::max(most, wait);
        sum += wait;
    }
    EXPECT_LT(least, seconds(1));
    EXPECT_GT(most, seconds(59));
    EXPECT_LE(most, seconds(60));
    EXPECT_NEAR(static_cast<double>(sum.count()) / 2000, 30e6, 1e6);
}

TEST(Backoff, grows_and_starts_anew_and_never_ends) {  // [sync-5]
    fakes::SeededRandom random;
    Backoff backoff({.base = milliseconds(100), .cap = seconds(5)});
    for (const int most : {100, 200, 400, 800, 1600, 3200, 5000, 5000}) {
        EXPECT_EQ(backoff.ceiling(), milliseconds(most));
        EXPECT_LE(backoff.fail(random), milliseconds(most));
    }
    for (int i = 0; i < 100'000; ++i) static_cast<void>(backoff.fail(random));
    EXPECT_EQ(backoff.ceiling(), seconds(5));
    backoff.succeed();
    EXPECT_EQ(backoff.ceiling(), milliseconds(100));
}

TEST(Backoff, what_the_service_asks_for_is_the_lower_bound) {
    fakes::SeededRandom random;
    Backoff backoff({.base = seconds(1), .cap = seconds(1)});
    bool differs = false;
    for (int i = 0; i < 100; ++i) {
        const Duration wait = backoff.fail(random, seconds(30));
        EXPECT_GE(wait, seconds(30));
        EXPECT_LE(wait, seconds(31));
        differs = differs || wait > seconds(30);
    }
    EXPECT_TRUE(differs) << "a fleet must not come back in step";
}

TEST(Answer, every_status_has_its_kind) {  // [sync-5] [sync-6]
    for (int status = 100; status < 600; ++status) {
        const auto kind = classify(fakes::http_answer(status), kNow).kind;
        AnswerKind wanted = AnswerKind::kAgain;
        if (status >= 200 && status < 300) wanted = AnswerKind::kDelivered;
        if (status == 401) wanted = AnswerKind::kUnauthorised;
        constexpr std::array kNotAboutContent = {401, 403, 404, 405, 408, 410, 425, 429};
        if (status >= 400 && status < 500 && std::ranges::find(kNotAboutContent, status) == kNotAboutContent.end())
            wanted = AnswerKind::kRejected;
        EXPECT_EQ(kind, wanted) << status;
    }
}

TEST(Answer, causes_and_suspicion) {
    const auto of = [](int status) { return classify(fakes::http_answer(status), kNow); };
    EXPECT_EQ(of(302).reason, "redirected, HTTP 302");
    EXPECT_EQ(of(403).cause, "login");
    EXPECT_EQ(of(401).cause, "login");
    EXPECT_EQ(of(404).cause, "service");
    EXPECT_EQ(of(511).cause, "captive_portal");
    for (const int status : {300, 302, 403, 404, 405, 408, 410, 500, 502, 503})
        EXPECT_TRUE(of(status).suspicious) << status;
    for (const int status : {425, 429, 511}) EXPECT_FALSE(of(status).suspicious) << status;
    EXPECT_FALSE(classify(fakes::http_answer(503, "", {{"retry-after", "5"}}), kNow).suspicious);
}

TEST(Answer, no_connection_is_never_the_fault_of_what_was_sent) {  // [sync-5]
    const std::array<std::tuple<TransportFailure, std::string_view, bool>, 7> grid = {{
        {TransportFailure::kNoRoute, "no_route", false},
        {TransportFailure::kNoDns, "no_dns", false},
        {TransportFailure::kRefused, "service", false},
        {TransportFailure::kTls, "tls", false},
        {TransportFailure::kTimeout, "service", true},
        {TransportFailure::kBroken, "service", true},
        {TransportFailure::kTooLarge, "service", true},
    }};
    for (const auto& [failure, cause, suspicious] : grid) {
        const Answer answer = classify(fakes::http_failure(failure), kNow);
        EXPECT_EQ(answer.kind, AnswerKind::kAgain);
        EXPECT_EQ(answer.cause, cause);
        EXPECT_EQ(answer.suspicious, suspicious) << cause;
    }
}

TEST(Answer, retry_after_in_both_forms_and_bounded) {
    EXPECT_EQ(parse_retry_after("120", kNow), seconds(120));
    EXPECT_EQ(parse_retry_after("0", kNow), seconds(0));
    EXPECT_EQ(parse_retry_after("86400", kNow), kRetryAfterMax);
    EXPECT_EQ(parse_retry_after("99999999999999999999", kNow), kRetryAfterMax);
    EXPECT_EQ(parse_retry_after("Fri, 20 Nov 2026 10:00:30 GMT", kNow), seconds(30));
    EXPECT_EQ(parse_retry_after("Fri, 20 Nov 2026 09:00:00 GMT", kNow), seconds(0));
    EXPECT_EQ(parse_retry_after("Fri, 20 Nov 2036 09:00:00 GMT", kNow), kRetryAfterMax);
    for (const auto* text : {"", "-5", "1.5", "soon", "Fri, 20 Nov 2026", "Fri, 20 Xxx 2026 10:00:30 GMT",
                             "Fri, 32 Nov 2026 10:00:30 GMT"})
        EXPECT_FALSE(parse_retry_after(text, kNow)) << text;
}

TEST(Answer, reasons_are_plain_and_bounded) {
    EXPECT_EQ(plain_words("a\nb\x01"
                          "c"),
              "a b c");
    EXPECT_EQ(plain_words(std::string(1000, 'x')).size(), 300U);
    EXPECT_EQ(plain_words("aaaä", 4), "aaa") << "no half characters";
}

TEST(Evidence, how_many_failures_condemn) {  // [sync-5] [sync-6]
    const auto needed = [](int successes, int failures) {
        Evidence evidence;
        for (int i = 0; i < std::max(successes, failures); ++i) {
            if (i < successes) evidence.others_delivered();
            if (i < failures) evidence.others_failed();
        }
        for (unsigned n = 1; n < 10000; ++n)
            if (evidence.beyond_chance(n)) return n;
        return 10000U;
    };
    EXPECT_EQ(needed(50, 0), kLoneFailuresMin);
    EXPECT_NEAR(needed(50, 50), 20, 1);
    EXPECT_GT(needed(5, 50), 100U);
    EXPECT_GT(needed(0, 200), 500U);
}

TEST(TokenPolicy, the_whole_grid) {
    using enum TokenState;
    using enum TokenEvent;
    struct Row {
        TokenState from;
        std::array<TokenState, 5> to;  // ask, granted, denied, refused, expired
    };
    constexpr std::array<Row, 5> grid = {{
        {kNone, {kRenewing, kValid, kNone, kNone, kNone}},
        {kRenewing, {kRenewing, kValid, kFailing, kRenewing, kRenewing}},
        {kValid, {kExtending, kValid, kValid, kNone, kNone}},
        {kExtending, {kExtending, kValid, kValid, kRenewing, kRenewing}},
        {kFailing, {kRenewing, kValid, kFailing, kFailing, kFailing}},
    }};
    constexpr std::array kEvents = {kAsk, kGranted, kDenied, kRefused, kExpired};
    for (const Row& row : grid)
        for (std::size_t event = 0; event < kEvents.size(); ++event)
            EXPECT_EQ(next(row.from, kEvents[event]), row.to[event])
                << "state " << static_cast<int>(row.from) << ", event " << event;
}

class TokenPolicyTest : public ::testing::Test {
  protected:
    void grant(Duration life) {
        policy.asked();
        policy.granted(life, now, random);
    }
    fakes::SeededRandom random;
    TokenPolicy policy;
    MonotonicTime now{seconds(1000)};
};

TEST_F(TokenPolicyTest, renews_at_about_80_percent_while_the_old_one_serves) {
    grant(seconds(100));
    now += seconds(74);
    EXPECT_FALSE(policy.should_ask(now));
    now += seconds(12);
    EXPECT_TRUE(policy.should_ask(now));
    policy.asked();
    EXPECT_FALSE(policy.should_ask(now)) << "one renewal at a time";
    EXPECT_TRUE(policy.usable(now));
    now += seconds(14);
    EXPECT_FALSE(policy.usable(now));
    EXPECT_EQ(policy.state(), TokenState::kRenewing);
}

TEST_F(TokenPolicyTest, a_fleet_does_not_renew_in_step) {
    std::set<Duration> moments;
    for (int i = 0; i < 20; ++i) {
        grant(seconds(1000));
        moments.insert(policy.next_change() - now);
    }
    EXPECT_GT(moments.size(), 15U);
}

TEST_F(TokenPolicyTest, a_refused_token_counts_only_if_it_is_the_current_one) {
    grant(seconds(100));
    const auto old = policy.generation();
    policy.worked(old);
    grant(seconds(100));
    policy.worked(policy.generation());
    policy.refused(old, now, random);
    EXPECT_TRUE(policy.usable(now));
    policy.refused(policy.generation(), now, random);
    EXPECT_FALSE(policy.usable(now));
    EXPECT_TRUE(policy.should_ask(now)) << "a token that worked is replaced at once";
}

TEST_F(TokenPolicyTest, logging_in_has_no_budget_but_backs_off) {  // [sync-5]
    Duration waited{};
    for (int i = 0; i < 10000; ++i) {
        policy.asked();
        policy.denied(now, random);
        EXPECT_TRUE(policy.failing());
        const auto due = std::max(policy.next_change(), now);
        waited += due - now;
        now = due;
        ASSERT_TRUE(policy.should_ask(now));
    }
    EXPECT_GT(waited, seconds(10000 * 20));
    grant(seconds(100));
    policy.worked(policy.generation());
    EXPECT_FALSE(policy.failing());
}

TEST_F(TokenPolicyTest, fresh_tokens_that_are_refused_back_off) {
    int asked = 0;
    const auto end = now + std::chrono::hours(1);
    while (now < end) {
        if (policy.should_ask(now)) {
            ++asked;
            grant(seconds(300));
            policy.refused(policy.generation(), now, random);
        }
        now = std::max(policy.next_change(), now + milliseconds(1));
    }
    EXPECT_LT(asked, 400);
    EXPECT_GT(asked, 60);
}

}  // namespace
}  // namespace tillkeeper::sync
