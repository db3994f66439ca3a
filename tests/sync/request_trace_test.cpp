// [sync-20] What a trace has of each request to a destination.
#include <gmock/gmock.h>

#include "sync/trace_parent.h"
#include "tests/fakes/request_header.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using fakes::header_of;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kTill = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

class Traces : public DestinationWorld {
  protected:
    void sell_traced(const std::string& id, const std::string& traceparent) {
        storage::Entry entry;
        entry.till = "t1";
        entry.transaction_id = id;
        entry.type = "sale";
        entry.body = R"({"id":")" + id + "\"}";
        entry.traceparent = traceparent;
        till_of[id] = "t1";
        static_cast<void>(journal.append(std::move(entry)));
    }
    [[nodiscard]] std::vector<std::string> outcomes() const {
        std::vector<std::string> all;
        for (const auto& span : spans) all.push_back(span.outcome);
        return all;
    }
};

TEST_F(Traces, ARequestOfOneIsAChildOfItsTillsSpan) {
    http.latency = std::chrono::milliseconds(40);
    const auto before = clock.wall();
    sell_traced("a", kTill);
    open();
    run(kSecond);
    ASSERT_THAT(spans, SizeIs(1));
    const auto& span = spans.front();
    EXPECT_EQ(span.traceparent, header_of(http.requests.front(), "traceparent")) << "what the cloud hears";
    EXPECT_EQ(trace_id(span.traceparent), trace_id(kTill));
    EXPECT_NE(span_id(span.traceparent), span_id(kTill));
    EXPECT_EQ(span.parent, span_id(kTill));
    EXPECT_EQ(span.destination, "erp");
    EXPECT_EQ(span.kind, DestinationKind::kHttp);
    EXPECT_EQ(span.transactions, 1U);
    EXPECT_EQ(span.delivered, 1U);
    EXPECT_EQ(span.status, 202);
    EXPECT_EQ(span.outcome, "delivered");
    EXPECT_FALSE(span.failed());
    EXPECT_EQ(span.took, std::chrono::milliseconds(40));
    EXPECT_GE(span.began, before);
    EXPECT_LE(span.began + span.took, clock.wall());
}

TEST_F(Traces, SeveralBeginATraceOfTheirOwn) {
    sell_traced("a", kTill);
    sell_traced("b", kTill);
    open();
    run(kSecond);
    ASSERT_THAT(spans, SizeIs(1));
    EXPECT_NE(trace_id(spans.front().traceparent), trace_id(kTill));
    EXPECT_EQ(spans.front().parent, "");
    EXPECT_EQ(spans.front().transactions, 2U);
}

TEST_F(Traces, WhatTheTillDoesNotSampleIsNotRecorded) {
    sell_traced("a", kTill.substr(0, 53) + "00");
    open();
    run(kSecond);
    ASSERT_THAT(http.requests, SizeIs(1));
    EXPECT_THAT(header_of(http.requests.front(), "traceparent"), ::testing::EndsWith("-00")) << "nor below us";
    EXPECT_THAT(spans, IsEmpty());
}

TEST_F(Traces, EachTryIsASpanAndSaysHowItEnded) {
    int tries = 0;
    fault = [&](const std::string&, const Received&) -> std::optional<HttpResponse> {
        if (++tries == 1) return fakes::http_failure(TransportFailure::kNoRoute);
        if (tries == 2) return fakes::http_answer(503, "Anna was here");
        return std::nullopt;
    };
    sell_traced("a", kTill);
    open();
    run(60 * kSecond);
    ASSERT_THAT(outcomes(), ElementsAre("again", "again", "delivered"));
    EXPECT_EQ(spans[0].status, 0);
    EXPECT_EQ(spans[0].cause, "no_route");
    EXPECT_TRUE(spans[0].failed());
    EXPECT_EQ(spans[1].status, 503);
    EXPECT_EQ(spans[1].cause, "service") << "none of its own words";
    EXPECT_NE(span_id(spans[0].traceparent), span_id(spans[1].traceparent));
    EXPECT_THAT(spans, Each(Field(&RequestSpan::parent, span_id(kTill))));
}

TEST_F(Traces, APartlyTakenBatchSaysHowMany) {
    fault = [&](const std::string&, const Received& got) -> std::optional<HttpResponse> {
        if (got.ids.size() != 3) return std::nullopt;
        return fakes::http_answer(207, R"({"items":[{"id":"a","outcome":"delivered"},{"id":"b","outcome":"rejected"},)"
                                       R"({"id":"c","outcome":"delivered"}]})");
    };
    for (const char* id : {"a", "b", "c"}) sell(id);
    open();
    run(kSecond);
    ASSERT_THAT(outcomes(), ElementsAre("partly"));
    EXPECT_EQ(spans.front().delivered, 2U);
    EXPECT_TRUE(spans.front().failed());
}

TEST_F(Traces, ARequestThatPeopleHoldBackIsNone) {
    fault = [](const std::string&, const Received&) { return fakes::http_failure(TransportFailure::kByStaff); };
    sell("a");
    open();
    run(kSecond);
    EXPECT_THAT(http.requests, ::testing::Not(IsEmpty()));
    EXPECT_THAT(spans, IsEmpty());
}

TEST_F(Traces, EachStepIsASpan) {
    fault = [](const std::string&, const Received&) { return fakes::http_answer(200, "{}"); };
    auto made = config();
    made.kind = DestinationKind::kSteps;
    made.steps = R"(if .answers.book then {outcome: "delivered"}
                    elif .answers.find then {request: {name: "book", body: .transaction}}
                    else {request: {name: "find"}} end)";
    sell_traced("a", kTill);
    open(made);
    run(kSecond);
    EXPECT_THAT(outcomes(), ElementsAre("answered", "delivered"));
    ASSERT_THAT(http.requests, SizeIs(2));
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(spans[i].traceparent, header_of(http.requests[i], "traceparent"));
        EXPECT_EQ(spans[i].parent, span_id(kTill));
        EXPECT_FALSE(spans[i].failed());
    }
}

}  // namespace
}  // namespace tillkeeper::sync
