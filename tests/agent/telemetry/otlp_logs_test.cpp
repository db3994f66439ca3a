// [agent-106] Lines of the log in the collector's form, and which of them.
#include "agent/telemetry/otlp_logs.h"

#include <gmock/gmock.h>

#include "agent/telemetry/log_feed.h"
#include "tests/fakes/fake_clock.h"

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr WallTime kNow{Duration(2'000'001)};

TEST(OtlpLogs, SayWhatTheLineSays) {
    EXPECT_EQ(otlp_log_record(kNow, LogLevel::kWarning, "deliveries wait", {{"destination", "erp"}, {"count", 3}}),
              R"({"timeUnixNano":"2000001000","observedTimeUnixNano":"2000001000","severityNumber":13,)"
              R"("severityText":"warning","body":{"stringValue":"deliveries wait"},"attributes":[)"
              R"({"key":"destination","value":{"stringValue":"erp"}},{"key":"count","value":{"stringValue":"3"}}]})");
}

TEST(OtlpLogs, HaveTheSeveritiesOfSyslog) {
    const auto severity = [](LogLevel level) {
        const auto text = otlp_log_record(kNow, level, "x", {});
        const auto from = text.find("\"severityNumber\"");
        return text.substr(from, text.find(R"(,"body")") - from);
    };
    EXPECT_EQ(severity(LogLevel::kError), R"("severityNumber":17,"severityText":"error")");
    EXPECT_EQ(severity(LogLevel::kNotice), R"("severityNumber":10,"severityText":"notice")");
    EXPECT_EQ(severity(LogLevel::kInfo), R"("severityNumber":9,"severityText":"info")");
    EXPECT_EQ(severity(LogLevel::kDebug), R"("severityNumber":5,"severityText":"debug")");
}

TEST(OtlpLogs, AreJsonWhateverAValueHolds) {
    EXPECT_THAT(otlp_log_record(kNow, LogLevel::kError, "x", {{"reason", "\"\n\xff\xc3(\xc3\xa4"}}),
                HasSubstr("\"stringValue\":\"\\\"\\n\xEF\xBF\xBD\xEF\xBF\xBD(\xc3\xa4\""));
    EXPECT_THAT(otlp_log_record(kNow, LogLevel::kError, "x", {{"reason", std::string(5000, 'v')}}),
                Not(HasSubstr(std::string(kLogValueBytesMax + 1, 'v'))));
}

class LogFeedTest : public testing::Test {
  protected:
    LogFeedTest() { observe_log(&feed_); }
    ~LogFeedTest() override { observe_log(nullptr); }

    fakes::FakeClock clock_;
    std::atomic<std::uint64_t> dropped_{0};
    TelemetryQueue queue_{TelemetrySignal::kLogs, dropped_};
    LogFeed feed_{clock_, queue_};
};

TEST_F(LogFeedTest, TakesWhatMattersAndNothingAboutItself) {
    log(LogLevel::kInfo, "said in passing");
    log(LogLevel::kWarning, "telemetry does not arrive");
    EXPECT_EQ(queue_.take({}).items, 0U);
    log(LogLevel::kNotice, "started", {{"store", "0042"}});
    log(LogLevel::kError, "broken");
    const auto batch = queue_.take({"0042", "1.2.3", {}});
    EXPECT_EQ(batch.items, 2U);
    EXPECT_THAT(batch.body, testing::StartsWith(R"({"resourceLogs":[{"resource":{"attributes":[)"));
    EXPECT_THAT(batch.body,
                HasSubstr(R"("scopeLogs":[{"scope":{"name":"tillkeeper","version":"1.2.3"},"logRecords":[{)"));
    EXPECT_THAT(batch.body, HasSubstr(R"("body":{"stringValue":"started"})"));
}

}  // namespace
}  // namespace tillkeeper::agent
