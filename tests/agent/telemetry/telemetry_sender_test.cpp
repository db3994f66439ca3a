// [agent-106] Measurements go out with a beat, one request at a time, and a collector that fails costs nothing.
#include "agent/telemetry/telemetry_sender.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/fakes/fake_http.h"
#include "tests/fakes/fake_loop.h"

namespace tillkeeper::agent {
namespace {

using fakes::http_answer;
using fakes::http_failure;
using std::chrono::seconds;
using testing::Contains;
using testing::Pair;

class TelemetrySenderTest : public testing::Test {
  protected:
    TelemetrySenderTest() { sender_.start(); }

    void beats(int count) {
        for (int i = 0; i < count; ++i) loop_.advance(seconds(60));
    }

    fakes::FakeClock clock_;
    fakes::FakeLoop loop_{clock_};
    fakes::FakeHttp http_{loop_};
    std::string body_ = "{}";
    int gathered_ = 0;
    TelemetrySender sender_{
        {loop_, clock_, http_},
        {.url = "https://c.example:4318", .ca_file = "/ca.pem", .headers = {{"x-key", "k"}}, .every = seconds(60)},
        [this](TelemetrySender::Given given) {
            ++gathered_;
            loop_.post([this, given = std::move(given)]() mutable { given(body_); });
        }};
};

TEST_F(TelemetrySenderTest, EachBeatSendsOne) {
    http_.respond = [](const HttpRequest&) { return http_answer(200); };
    beats(3);
    ASSERT_EQ(http_.requests.size(), 3);
    const auto& sent = http_.requests[0];
    EXPECT_EQ(sent.method, "POST");
    EXPECT_EQ(sent.url, "https://c.example:4318/v1/metrics");
    EXPECT_EQ(sent.body, "{}");
    EXPECT_EQ(sent.ca_file, "/ca.pem");
    EXPECT_THAT(sent.headers, Contains(Pair("content-type", "application/json")));
    EXPECT_THAT(sent.headers, Contains(Pair("x-key", "k")));
}

TEST_F(TelemetrySenderTest, ACollectorThatHangsHoldsOneRequestAndNothingElse) {
    beats(100);
    EXPECT_EQ(http_.requests.size(), 1);
    EXPECT_EQ(gathered_, 1);
    ASSERT_TRUE(http_.answer(0, http_failure(TransportFailure::kTimeout)));
    beats(1);
    EXPECT_EQ(http_.requests.size(), 2);
}

TEST_F(TelemetrySenderTest, AfterAFailureTheNextBeatTriesAgain) {
    http_.respond = [](const HttpRequest&) { return http_failure(TransportFailure::kRefused); };
    beats(3);
    EXPECT_EQ(http_.requests.size(), 3);
}

TEST_F(TelemetrySenderTest, WhatTheCollectorAsksForIsHeeded) {
    http_.respond = [](const HttpRequest&) { return http_answer(503, "", {{"retry-after", "150"}}); };
    beats(3);
    EXPECT_EQ(http_.requests.size(), 1) << "150 seconds are not over";
    beats(1);
    EXPECT_EQ(http_.requests.size(), 2);
}

TEST_F(TelemetrySenderTest, TheLogHearsOnlyOfAChange) {
    testing::internal::CaptureStderr();
    http_.respond = [](const HttpRequest&) { return http_answer(503); };
    beats(5);
    http_.respond = [](const HttpRequest&) { return http_failure(TransportFailure::kByStaff); };
    beats(1);
    http_.respond = [](const HttpRequest&) { return http_answer(200); };
    beats(5);
    const auto lines = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::ranges::count(lines, '\n'), 2) << lines;
    EXPECT_THAT(lines, testing::HasSubstr("HTTP 503"));
}

TEST_F(TelemetrySenderTest, MoreThanAMebibyteStaysHere) {
    body_.assign((std::size_t{1} << 20) + 1, ' ');
    beats(2);
    EXPECT_EQ(gathered_, 2);
    EXPECT_TRUE(http_.requests.empty());
}

}  // namespace
}  // namespace tillkeeper::agent
