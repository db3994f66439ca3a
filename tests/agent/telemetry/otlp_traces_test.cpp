// [agent-106] A request to a destination in the collector's form.
#include "agent/telemetry/otlp_traces.h"

#include <gmock/gmock.h>

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

sync::RequestSpan span() {
    sync::RequestSpan span;
    span.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01";
    span.parent = "00f067aa0ba902b7";
    span.destination = "erp";
    span.began = WallTime(Duration(1'000'000));
    span.took = Duration(40'000);
    span.transactions = span.delivered = 1;
    span.status = 202;
    span.outcome = "delivered";
    return span;
}

TEST(OtlpTraces, ASpanSaysWhoseChildItIsAndHowItEnded) {
    EXPECT_EQ(otlp_span(span()), R"({"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"b7ad6b7169203331",)"
                                 R"("parentSpanId":"00f067aa0ba902b7","flags":1,"name":"deliver erp","kind":3,)"
                                 R"("startTimeUnixNano":"1000000000","endTimeUnixNano":"1040000000","attributes":[)"
                                 R"({"key":"tillkeeper.destination","value":{"stringValue":"erp"}},)"
                                 R"({"key":"tillkeeper.destination.kind","value":{"stringValue":"http"}},)"
                                 R"({"key":"tillkeeper.transactions","value":{"intValue":"1"}},)"
                                 R"({"key":"tillkeeper.delivered","value":{"intValue":"1"}},)"
                                 R"({"key":"tillkeeper.outcome","value":{"stringValue":"delivered"}},)"
                                 R"({"key":"http.response.status_code","value":{"intValue":"202"}}],"status":{}})");
}

TEST(OtlpTraces, AMessageToABrokerIsAProducersSpan) {
    auto message = span();
    message.kind = sync::DestinationKind::kMqtt;
    message.status = 0;
    const auto text = otlp_span(message);
    EXPECT_THAT(text, HasSubstr(R"("kind":4)"));
    EXPECT_THAT(text, HasSubstr(R"({"key":"messaging.system","value":{"stringValue":"mqtt"}})"));
    EXPECT_THAT(text, Not(HasSubstr("status_code")));
}

TEST(OtlpTraces, WhatIsNotDeliveredIsAnError) {
    auto failed = span();
    failed.parent.clear();
    failed.status = 0;
    failed.delivered = 0;
    failed.outcome = "again";
    failed.cause = "no_route";
    const auto text = otlp_span(failed);
    EXPECT_THAT(text, HasSubstr(R"("status":{"code":2})"));
    EXPECT_THAT(text, HasSubstr(R"({"key":"tillkeeper.cause","value":{"stringValue":"no_route"}})"));
    EXPECT_THAT(text, Not(HasSubstr("parentSpanId")));
    EXPECT_THAT(text, Not(HasSubstr("status_code"))) << "none came";
}

}  // namespace
}  // namespace tillkeeper::agent
