// A source through outages, crashes, garbage and forgotten cursors.
#include <gtest/gtest.h>

#include "tests/sync/source_world.h"

namespace tillkeeper::sync {
namespace {

using namespace std::chrono_literals;
using fakes::http_answer;
using fakes::http_failure;

// [sync-9]
TEST_F(SourceWorld, AllOfItThenOnlyWhatChanges) {
    delivered = 17;
    auto& source = open();
    run(1s);
    EXPECT_EQ(visible(), wanted());
    EXPECT_EQ(source.status().mirror.as_of, fakes::FakeClock::kStart) << "the age counts from the first request";
    EXPECT_EQ(source.status().mirror.delivered, 17);
    EXPECT_EQ(source.status().pages, 4U);
    EXPECT_EQ(changed, 1);
    change("m100", 7000);
    change("new", 1);
    remove("m120");
    run(6min);
    EXPECT_EQ(visible(), wanted());
    EXPECT_EQ(source.status().pages, 5U);
    EXPECT_EQ(source.status().rows, 38U) << "only what changed";
    EXPECT_GT(*source.status().mirror.as_of, fakes::FakeClock::kStart + 4min);
}

// [sync-9]
TEST_F(SourceWorld, NothingShowsBeforeARunIsWhole) {
    fault = [](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (request.url.ends_with("page=p30")) return http_failure(TransportFailure::kNoRoute);
        return {};
    };
    auto& source = open();
    run(10min);
    EXPECT_TRUE(visible().empty());
    EXPECT_EQ(source.status().cause, "no_route");
    EXPECT_TRUE(source.status().pulling);
    fault = nullptr;
    source.retry_now();
    run(1s);
    EXPECT_EQ(visible(), wanted());
    EXPECT_EQ(source.status().cause, "");
    EXPECT_EQ(source.status().pages, 4U) << "went on at the page that failed";
}

// [sync-9] Wherever the program dies, the next one goes on at that page, and with the cursor of the first.
TEST_F(SourceWorld, ACrashAnywhereResumes) {
    for (int after = 1; after < 60; ++after) {
        mirrors = {};
        http.requests.clear();
        open();
        for (int i = 0; i < after; ++i) run(1ms);
        crash();
        const auto before = visible();
        EXPECT_TRUE(before.empty() || before == wanted()) << after;
        const auto pages = http.requests.size();
        auto& source = open();
        run(2s);
        EXPECT_EQ(visible(), wanted()) << after;
        EXPECT_LE(http.requests.size(), std::max<std::size_t>(pages + 1, 5))
            << after << ": no page but the one under way twice";
        EXPECT_EQ(source.status().mirror.cursor, "c35") << after;
        crash();
    }
}

TEST_F(SourceWorld, GarbageChangesNothingAndShows) {
    auto& source = open();
    run(1s);
    const auto before = visible();
    for (const char* garbage : {"<html>login</html>", R"({"records":[{"member_id":"x"},)", "[1,", ""}) {
        change("m100", 1);
        fault = [&](const HttpRequest&) { return http_answer(200, garbage); };
        run(6min);
        EXPECT_EQ(visible(), before);
        EXPECT_EQ(source.status().cause, "service") << garbage;
        EXPECT_NE(source.status().reason, "");
    }
    fault = nullptr;
    run(2min);
    EXPECT_EQ(visible(), wanted());
    EXPECT_EQ(source.status().cause, "");
}

TEST_F(SourceWorld, RowsThatCannotBeKeptAreCountedAndTheRestFlows) {
    feed["m101"] = R"({"name":"without a key"})";
    feed["m102"] = R"({"member_id":"m102","x":")" + std::string(70000, 'x') + "\"}";
    mirrors.unkeepable = {"m103"};
    auto& source = open();
    run(1s);
    EXPECT_EQ(visible().size(), 32U);
    EXPECT_EQ(source.status().not_kept, 3U);
    EXPECT_NE(source.status().not_kept_why, "");
    EXPECT_EQ(source.status().cause, "");
}

// [sync-9]
TEST_F(SourceWorld, AForgottenCursorMeansAllOfItAgain) {
    auto& source = open();
    run(1s);
    remove("m110");
    oldest = 36;
    run(6min);
    EXPECT_EQ(visible(), wanted());
    EXPECT_EQ(source.status().cause, "");
    EXPECT_EQ(source.status().pulls, 2U);
}

TEST_F(SourceWorld, APageThatIsForgottenInTheMiddle) {
    int refused = 0;
    fault = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (request.url.ends_with("page=p20") && refused < 4) {
            ++refused;
            return http_answer(404);
        }
        return {};
    };
    open();
    run(2min);
    EXPECT_EQ(visible(), wanted());
    EXPECT_EQ(refused, 4) << "three times, then from the beginning";
}

TEST_F(SourceWorld, AnAddressThatIsWrongIsNoForgottenCursor) {
    fault = [](const HttpRequest&) { return http_answer(410); };
    auto& source = open();
    run(1h);
    EXPECT_EQ(source.status().cause, "service");
    EXPECT_GT(http.requests.size(), 50U);
    EXPECT_LT(http.requests.size(), 500U) << "with backoff";
}

TEST_F(SourceWorld, PagesThatLeadInACircleDoNotHammer) {
    fault = [](const HttpRequest&) { return http_answer(200, R"({"records":[],"next":"a"})"); };
    auto& source = open();
    run(1h);
    EXPECT_EQ(source.status().cause, "service");
    EXPECT_LT(http.requests.size(), 500U);
    EXPECT_TRUE(visible().empty());
}

// [sync-9]
TEST_F(SourceWorld, OurTokenGoesToNoOtherOrigin) {
    fault = [](const HttpRequest& request) -> std::optional<HttpResponse> {
        EXPECT_TRUE(request.url.starts_with("https://crm.example/")) << request.url;
        return http_answer(200, R"({"records":[{"member_id":"x"}],"next":"https://crm.example.evil/p2"})");
    };
    auto& source = open();
    run(10min);
    EXPECT_EQ(source.status().cause, "service");
    EXPECT_TRUE(visible().empty());
}

TEST_F(SourceWorld, UnchangedCountsAsFresh) {
    auto made = config();
    made.url = "https://crm.example/prices";
    std::string seen;
    fault = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        seen.clear();
        for (const auto& [name, value] : request.headers)
            if (name == "if-none-match") seen = value;
        if (seen == "\"v1\"") return http_answer(304);
        return http_answer(200, R"([{"member_id":"x"}])", {{"etag", "\"v1\""}});
    };
    auto& source = open(made);
    run(1s);
    const auto first = *source.status().mirror.as_of;
    delivered = 5;
    run(1h);
    EXPECT_EQ(seen, "\"v1\"");
    EXPECT_GT(*source.status().mirror.as_of, first + 50min);
    EXPECT_EQ(source.status().mirror.delivered, 5);
    EXPECT_EQ(source.status().pages, 1U);
    EXPECT_EQ(visible().size(), 1U);
}

TEST_F(SourceWorld, A304ThatNobodyAskedForIsNoAnswer) {
    fault = [](const HttpRequest&) { return http_answer(304); };
    auto& source = open();
    run(1min);
    EXPECT_EQ(source.status().cause, "service");
    EXPECT_FALSE(source.status().mirror.as_of);
}

// [sync-9] Sales first: a copy that is fresh enough waits for them, one that is too old goes slowly.
TEST_F(SourceWorld, WaitsForTheSales) {
    open();
    run(1s);
    sales_wait = true;
    http.requests.clear();
    change("m100", 9);
    run(23h);
    EXPECT_TRUE(http.requests.empty());
    run(2h);
    EXPECT_EQ(visible(), wanted()) << "too old to wait any longer";
    sales_wait = false;
    change("m100", 10);
    run(6min);
    EXPECT_EQ(visible(), wanted());
}

TEST_F(SourceWorld, ALargePageGoesInSlices) {
    for (int i = 0; i < 5000; ++i) change("n" + std::to_string(i), i);
    page_rows = 10000;
    http.latency = 0s;
    open();
    loop.run_until_idle();
    EXPECT_EQ(visible(), wanted());
    EXPECT_LE(mirrors.largest_apply, storage::kMirrorPageRowsMax);
    EXPECT_GE(mirrors.applies, 10U) << "the loop is free in between";
}

TEST_F(SourceWorld, WhatFinishNeedsGoesInSlicesToo) {
    mirrors.prepare_left = 100;
    open();
    run(1s);
    EXPECT_EQ(visible(), wanted());
    EXPECT_EQ(mirrors.prepare_left, 0);
}

// A page that was asked for before might bring the person back: the run begins again.
TEST_F(SourceWorld, AnErasureInTheMiddleOfARun) {
    for (const auto& at : {2ms, 7ms, 12ms, 18ms, 22ms}) {
        mirrors = {};
        auto& erased = open();
        run(at);
        remove("m100");
        ASSERT_TRUE(mirrors.erase("members", "m100"));
        run(1min);
        erased.retry_now();
        run(10min);
        EXPECT_EQ(visible(), wanted());
        EXPECT_EQ(erased.status().cause, "");
        crash();
        change("m100", 1);
    }
}

TEST_F(SourceWorld, AnswersOfACollectionThatIsOnlyAskedLiveAge) {
    auto made = config();
    made.url.clear();
    made.live.emplace().url = "https://crm.example/members/{key}";
    auto& live_only = open(made);
    run(24h);
    EXPECT_TRUE(http.requests.empty());
    EXPECT_EQ(live_only.status().cause, "");
    EXPECT_GE(mirrors.forgotten, 24);
}

TEST_F(SourceWorld, AFullDiskGoesOnLater) {
    mirrors.broken = ErrorCode::kStorageFull;
    auto& source = open();
    run(10min);
    EXPECT_EQ(source.status().cause, "disk");
    mirrors.broken.reset();
    run(2min);
    EXPECT_EQ(visible(), wanted());
    EXPECT_EQ(source.status().cause, "");
}

TEST_F(SourceWorld, AnOldCopyIsNotKept) {
    auto made = config();
    made.keep = 24h;
    auto& source = open(made);
    run(1s);
    fault = [](const HttpRequest&) { return http_failure(TransportFailure::kNoRoute); };
    run(23h);
    EXPECT_EQ(visible().size(), 35U);
    device.trusted = false;
    run(24h);
    EXPECT_EQ(visible().size(), 35U) << "a clock that nobody has set does not decide what is old";
    device.trusted = true;
    run(2min);
    EXPECT_TRUE(visible().empty());
    EXPECT_FALSE(source.status().mirror.as_of);
    fault = nullptr;
    source.retry_now();
    run(1s);
    EXPECT_EQ(visible(), wanted());
}

TEST_F(SourceWorld, TidiesUpWhileItRests) {
    mirrors.tidy_left = 20;
    open();
    run(2s);
    EXPECT_EQ(mirrors.tidy_left, 0);
}

TEST_F(SourceWorld, ALoginThatFailsShows) {
    auto made = config();
    made.oauth = {.auth = ClientAuth::kClientSecretBasic,
                  .token_url = "https://login.example/token",
                  .client_id = "store",
                  .client_secret = "s",
                  .private_key_pem = {},
                  .key_id = {},
                  .scope = {},
                  .audience = {}};
    bool good = false;
    fault = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (!request.url.starts_with("https://login.example")) return {};
        return good ? http_answer(200, R"({"access_token":"t","expires_in":3600})") : http_answer(401);
    };
    auto& source = open(made);
    run(10min);
    EXPECT_EQ(source.status().cause, "login");
    good = true;
    run(2min);
    EXPECT_EQ(visible(), wanted());
    EXPECT_EQ(source.status().cause, "");
}

TEST_F(SourceWorld, WhatCannotWorkIsSaidBefore) {
    const auto wrong = [&](auto change) {
        auto made = config();
        change(made);
        return !check(made);
    };
    EXPECT_TRUE(check(config()));
    EXPECT_TRUE(wrong([](auto& c) { c.collection = "Members"; }));
    EXPECT_TRUE(wrong([](auto& c) { c.record_key = ""; }));
    EXPECT_TRUE(wrong([](auto& c) { c.url = "crm.example"; }));
    EXPECT_TRUE(wrong([](auto& c) { c.url = ""; }));
    EXPECT_TRUE(wrong([](auto& c) { c.answer = ".a["; }));
    EXPECT_TRUE(wrong([](auto& c) { c.kind = SourceKind::kGraphQl; }));
    EXPECT_TRUE(wrong([](auto& c) { c.live.emplace().url = "https://crm.example/members"; }));
}

}  // namespace
}  // namespace tillkeeper::sync
