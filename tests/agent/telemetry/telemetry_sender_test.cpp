// [agent-106] A signal goes out with a beat, one request at a time, and a collector that fails costs nothing.
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
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class TelemetrySenderTest : public testing::Test {
  protected:
    void open(TelemetrySignal signal) {
        signal_ = signal;
        sender_.emplace(TelemetryParts{loop_, clock_, http_}, config_,
                        TelemetrySource{signal, seconds(60), [this](TelemetrySource::Given given) { gather(given); }},
                        dropped_);
        sender_->start();
    }
    // Metrics come later, from another loop; the others at once.
    void gather(TelemetrySource::Given& given) {
        ++gathered_;
        if (signal_ == TelemetrySignal::kMetrics)
            return loop_.post([this, given = std::move(given)]() mutable { given(batch_); });
        TelemetryBatch batch{waiting_.empty() ? "" : waiting_.front(), waiting_.empty() ? 0U : 10U};
        if (!waiting_.empty()) waiting_.erase(waiting_.begin());
        given(std::move(batch));
    }
    void beats(int count) {
        for (int i = 0; i < count; ++i) loop_.advance(seconds(60));
    }
    [[nodiscard]] std::vector<std::string> bodies() const {
        std::vector<std::string> all;
        for (const auto& request : http_.requests) all.push_back(request.body);
        return all;
    }
    [[nodiscard]] std::uint64_t dropped() const { return dropped_[signal_]; }

    fakes::FakeClock clock_;
    fakes::FakeLoop loop_{clock_};
    fakes::FakeHttp http_{loop_};
    TelemetryConfig config_{.url = "https://c.example:4318",
                            .ca_file = "/ca.pem",
                            .headers = {{"x-key", "k"}},
                            .every = seconds(60),
                            .sends = {}};
    TelemetrySignal signal_ = TelemetrySignal::kMetrics;
    TelemetryBatch batch_{"{}", 10};
    std::vector<std::string> waiting_;  // lines or spans, a request each
    int gathered_ = 0;
    TelemetryDropped dropped_;
    std::optional<TelemetrySender> sender_;
};

TEST_F(TelemetrySenderTest, EachBeatSendsOne) {
    http_.respond = [](const HttpRequest&) { return http_answer(200); };
    open(TelemetrySignal::kMetrics);
    beats(3);
    ASSERT_EQ(http_.requests.size(), 3);
    const auto& sent = http_.requests[0];
    EXPECT_EQ(sent.method, "POST");
    EXPECT_EQ(sent.url, "https://c.example:4318/v1/metrics");
    EXPECT_EQ(sent.body, "{}");
    EXPECT_EQ(sent.ca_file, "/ca.pem");
    EXPECT_THAT(sent.headers, Contains(Pair("content-type", "application/json")));
    EXPECT_THAT(sent.headers, Contains(Pair("x-key", "k")));
    EXPECT_EQ(dropped(), 0U);
}

TEST_F(TelemetrySenderTest, EachSignalHasItsPlace) {
    for (const auto signal : {TelemetrySignal::kLogs, TelemetrySignal::kTraces}) {
        waiting_ = {"{}"};
        open(signal);
        beats(1);
        EXPECT_EQ(http_.requests.back().url, "https://c.example:4318/v1/" + std::string(to_string(signal)));
    }
}

TEST_F(TelemetrySenderTest, ACollectorThatHangsHoldsOneRequestAndNothingElse) {
    for (const auto signal : kTelemetrySignals) {
        waiting_ = {"a", "b"};
        const auto before = http_.requests.size();
        const int gathered = gathered_;
        open(signal);
        beats(100);
        EXPECT_EQ(http_.requests.size(), before + 1);
        EXPECT_EQ(gathered_, gathered + 1);
        ASSERT_TRUE(http_.answer(before, http_failure(TransportFailure::kTimeout)));
        beats(1);
        EXPECT_EQ(http_.requests.size(), before + 2);
        EXPECT_EQ(http_.requests.back().total_timeout, seconds(10));
    }
}

TEST_F(TelemetrySenderTest, PausesDoubleFromFailureToFailure) {
    http_.respond = [](const HttpRequest&) { return http_failure(TransportFailure::kRefused); };
    open(TelemetrySignal::kMetrics);
    std::vector<int> at;
    for (int beat = 1; beat <= 64; ++beat) {
        const auto before = http_.requests.size();
        beats(1);
        if (http_.requests.size() > before) at.push_back(beat);
    }
    EXPECT_THAT(at, ElementsAre(1, 2, 4, 8, 16, 32, 48, 64));
    EXPECT_EQ(dropped(), 80U) << "each beat is measured anew";
    http_.respond = [](const HttpRequest&) { return http_answer(200); };
    beats(16 + 3);
    EXPECT_EQ(http_.requests.size(), 8U + 1 + 3) << "then with each beat again";
}

TEST_F(TelemetrySenderTest, WhatTheCollectorAsksForIsHeeded) {
    http_.respond = [](const HttpRequest&) { return http_answer(503, "", {{"retry-after", "150"}}); };
    open(TelemetrySignal::kMetrics);
    beats(3);
    EXPECT_EQ(http_.requests.size(), 1) << "150 seconds are not over";
    beats(1);
    EXPECT_EQ(http_.requests.size(), 2);
}

TEST_F(TelemetrySenderTest, WhatMayPassIsSentAgainAsItWas) {
    int tries = 0;
    http_.respond = [&](const HttpRequest&) {
        constexpr std::array kStatuses{429, 502, 503, 504, 200};
        return http_answer(kStatuses.at(static_cast<std::size_t>(std::min(tries++, 4))));
    };
    waiting_ = {"a"};
    open(TelemetrySignal::kLogs);
    beats(40);
    EXPECT_THAT(bodies(), ElementsAre("a", "a", "a", "a", "a"));
    EXPECT_EQ(dropped(), 0U);
}

TEST_F(TelemetrySenderTest, WhatACollectorNeverTakesHoldsNothingUp) {
    for (const auto& answer : {http_answer(503), http_failure(TransportFailure::kBroken)}) {
        http_.requests.clear();
        http_.respond = [&](const HttpRequest& request) { return request.body == "a" ? answer : http_answer(200); };
        waiting_ = {"a", "b"};
        const auto before = dropped();
        open(TelemetrySignal::kLogs);
        beats(100);
        EXPECT_THAT(bodies(), ElementsAre("a", "a", "a", "a", "a", "a", "a", "a", "b"));
        EXPECT_EQ(dropped(), before + 10U);
    }
}

TEST_F(TelemetrySenderTest, WhatNeverArrivedWaitsForTheNetwork) {
    for (const auto failure : {TransportFailure::kNoRoute, TransportFailure::kNoDns, TransportFailure::kTimeout}) {
        http_.respond = [&](const HttpRequest&) { return http_failure(failure); };
        waiting_ = {"a"};
        open(TelemetrySignal::kLogs);
        beats(1000);
        http_.requests.clear();
        http_.respond = [](const HttpRequest&) { return http_answer(200); };
        beats(16);
        EXPECT_THAT(bodies(), ElementsAre("a"));
        EXPECT_EQ(dropped(), 0U);
    }
}

TEST_F(TelemetrySenderTest, WhatWouldBeRefusedAgainIsDroppedAndCounted) {
    http_.respond = [](const HttpRequest& request) { return http_answer(request.body == "a" ? 400 : 200); };
    waiting_ = {"a", "b"};
    open(TelemetrySignal::kTraces);
    beats(2);
    EXPECT_THAT(bodies(), ElementsAre("a", "b"));
    EXPECT_EQ(dropped(), 10U);
}

TEST_F(TelemetrySenderTest, WhatWaitsFollowsAtOnce) {
    http_.respond = [](const HttpRequest&) { return http_answer(200); };
    waiting_ = {"a", "b", "c"};
    open(TelemetrySignal::kLogs);
    beats(1);
    EXPECT_THAT(bodies(), ElementsAre("a", "b", "c"));
    beats(10);
    EXPECT_THAT(http_.requests, SizeIs(3)) << "nothing is no request";
}

TEST_F(TelemetrySenderTest, WhatACollectorTakesInPartIsCounted) {
    http_.respond = [](const HttpRequest&) {
        return http_answer(200, R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}})");
    };
    waiting_ = {"a"};
    open(TelemetrySignal::kTraces);
    beats(5);
    EXPECT_THAT(bodies(), ElementsAre("a")) << "and not sent again";
    EXPECT_EQ(dropped(), 3U);
}

TEST_F(TelemetrySenderTest, WhatPeopleHoldBackWaits) {
    http_.respond = [](const HttpRequest&) { return http_failure(TransportFailure::kByStaff); };
    waiting_ = {"a"};
    open(TelemetrySignal::kLogs);
    beats(20);
    http_.requests.clear();
    http_.respond = [](const HttpRequest&) { return http_answer(200); };
    beats(1);
    EXPECT_THAT(bodies(), ElementsAre("a"));
    EXPECT_EQ(dropped(), 0U);
}

TEST_F(TelemetrySenderTest, TheLogHearsOnlyOfAChange) {
    testing::internal::CaptureStderr();
    http_.respond = [](const HttpRequest&) { return http_answer(503); };
    open(TelemetrySignal::kMetrics);
    beats(5);
    http_.respond = [](const HttpRequest&) { return http_failure(TransportFailure::kByStaff); };
    beats(5);
    http_.respond = [](const HttpRequest&) { return http_answer(200); };
    beats(5);
    const auto lines = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::ranges::count(lines, '\n'), 2) << lines;
    EXPECT_THAT(lines, HasSubstr("telemetry does not arrive signal=metrics reason=\"HTTP 503\""));
}

TEST_F(TelemetrySenderTest, MoreThanAMebibyteStaysHere) {
    batch_.body.assign((std::size_t{1} << 20) + 1, ' ');
    open(TelemetrySignal::kMetrics);
    beats(2);
    EXPECT_EQ(gathered_, 2);
    EXPECT_THAT(http_.requests, IsEmpty());
    EXPECT_EQ(dropped(), 20U);
}

}  // namespace
}  // namespace tillkeeper::agent
