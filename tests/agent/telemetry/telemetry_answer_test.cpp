// [agent-106] What a collector's answer means, by the OTLP specification.
#include "agent/telemetry/telemetry_answer.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_http.h"

namespace tillkeeper::agent {
namespace {

using fakes::http_answer;
using fakes::http_failure;

TEST(TelemetryAnswer, OnlyFourStatusesAreWorthAnotherTry) {
    for (const int status : {200, 202, 204}) EXPECT_EQ(fate_of(http_answer(status)), TelemetryFate::kTaken);
    for (const int status : {429, 502, 503, 504}) EXPECT_EQ(fate_of(http_answer(status)), TelemetryFate::kLater);
    for (const int status : {301, 400, 401, 403, 404, 408, 413, 500, 501})
        EXPECT_EQ(fate_of(http_answer(status)), TelemetryFate::kRefused) << status;
    EXPECT_EQ(fate_of(http_failure(TransportFailure::kTimeout)), TelemetryFate::kLater);
    EXPECT_EQ(fate_of(http_failure(TransportFailure::kByStaff)), TelemetryFate::kNotSent);
}

TEST(TelemetryAnswer, PartialSuccessSaysHowManyWereNotTaken) {
    const auto rejected = [](TelemetrySignal signal, const std::string& body) {
        return rejected_of(signal, http_answer(200, body), 10);
    };
    EXPECT_EQ(rejected(TelemetrySignal::kLogs, R"({"partialSuccess":{"rejectedLogRecords":"3"}})"), 3U);
    EXPECT_EQ(rejected(TelemetrySignal::kTraces, R"({"partialSuccess":{"rejectedSpans":4}})"), 4U);
    EXPECT_EQ(rejected(TelemetrySignal::kMetrics, R"({"partialSuccess":{"rejectedDataPoints":"5"}})"), 5U);
    EXPECT_EQ(rejected(TelemetrySignal::kLogs, R"({"partialSuccess":{"rejectedLogRecords":"999"}})"), 10U);
    for (const char* silent :
         {"", "{}", "<html>", "[]", R"({"partialSuccess":{"rejectedSpans":"3"}})", R"({"partialSuccess":null})",
          R"({"partialSuccess":{"rejectedLogRecords":"-3"}})", R"({"partialSuccess":{"rejectedLogRecords":"many"}})"})
        EXPECT_EQ(rejected(TelemetrySignal::kLogs, silent), 0U) << silent;
}

TEST(TelemetryAnswer, TroubleIsForPeople) {
    EXPECT_EQ(trouble_of(http_answer(200)), "");
    EXPECT_EQ(trouble_of(http_answer(503, "Anna was here")), "HTTP 503");
    EXPECT_NE(trouble_of(http_failure(TransportFailure::kTls)), "");
}

}  // namespace
}  // namespace tillkeeper::agent
