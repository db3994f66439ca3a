// One event per request: in JSON, or as headers beside its data (CloudEvents 1.0.2, HTTP protocol binding).
#include "sync/cloudevents.h"

#include <gmock/gmock.h>

#include "sync/request_builder.h"
#include "tests/fakes/seeded_random.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr std::string_view kTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

storage::Entry sale() {
    storage::Entry entry;
    entry.number = 90210;
    entry.till = "t7";
    entry.till_sequence = 48211;
    entry.transaction_id = "a-1";
    entry.type = "sale";
    entry.arrival.clock_trusted = true;
    entry.occurred_at = "2026-11-20T10:42:07.120+01:00";
    entry.traceparent = kTrace;
    entry.body = R"({"id":"a-1","total":1530})";
    return entry;
}

HttpRequest build(EventFormat format, const storage::Entry& entry, const std::string& store = "0042",
                  const ClockOffset& clock_offset = {}) {
    DestinationConfig config;
    config.name = "erp";
    config.url = "https://erp.example/in";
    config.format = format;
    auto builder = RequestBuilder::make(config, store, clock_offset);
    EXPECT_TRUE(builder->map({entry}).empty());
    fakes::SeededRandom random(1);
    return builder->build({entry}, random).value();
}

HttpHeaders events_headers(const HttpRequest& request) {
    HttpHeaders found;
    for (const auto& header : request.headers)
        if (header.first.starts_with("ce-")) found.push_back(header);
    return found;
}

TEST(StructuredEvent, is_one_object_with_its_type) {
    const auto request = build(EventFormat::kStructured, sale());
    EXPECT_EQ(request.body,
              R"({"specversion":"1.0","id":"a-1","source":"urn:tillkeeper:store:0042","type":"tillkeeper.sale.v1",)"
              R"("subject":"t7","time":"2026-11-20T10:42:07.120+01:00","traceparent":")" +
                  std::string(kTrace) +
                  R"(","till":"t7","sequence":"48211","journalnumber":"90210","idempotencykey":"a-1",)"
                  R"("datacontenttype":"application/json","data":{"id":"a-1","total":1530}})");
    EXPECT_THAT(request.headers, Contains(Pair("content-type", "application/cloudevents+json; charset=utf-8")));
    EXPECT_THAT(events_headers(request), SizeIs(0));
}

TEST(BinaryEvent, has_each_attribute_as_a_header_and_the_data_as_its_body) {
    const auto request = build(EventFormat::kBinary, sale());
    EXPECT_EQ(request.body, sale().body);
    EXPECT_THAT(request.headers, Contains(Pair("content-type", "application/json")));
    EXPECT_THAT(request.headers, Contains(Pair("idempotency-key", "a-1")));
    EXPECT_THAT(request.headers, Contains(Key("traceparent")));
    EXPECT_THAT(events_headers(request),
                ElementsAre(Pair("ce-specversion", "1.0"), Pair("ce-id", "a-1"),
                            Pair("ce-source", "urn:tillkeeper:store:0042"), Pair("ce-type", "tillkeeper.sale.v1"),
                            Pair("ce-subject", "t7"), Pair("ce-time", "2026-11-20T10:42:07.120+01:00"),
                            Pair("ce-traceparent", kTrace), Pair("ce-till", "t7"), Pair("ce-sequence", "48211"),
                            Pair("ce-journalnumber", "90210"), Pair("ce-idempotencykey", "a-1")));
}

TEST(BinaryEvent, tells_of_a_clock_that_was_corrected) {  // [sync-8]
    auto entry = sale();
    entry.arrival.clock_trusted = false;
    entry.arrival.arrived_at = WallTime(std::chrono::seconds(60));
    entry.arrival.monotonic = MonotonicTime(std::chrono::seconds(60));
    entry.occurred_at = "1970-01-01T00:01:00Z";
    const auto found = events_headers(build(EventFormat::kBinary, entry, "0042", [](const std::string&) {
        return std::optional<Duration>(std::chrono::hours(24) * 20000);
    }));
    EXPECT_THAT(found, Contains(Pair("ce-clock", "corrected")));
    EXPECT_THAT(found, Contains(Pair("ce-time", "2024-10-04T00:01:00.000Z")));
    EXPECT_THAT(found, Contains(Pair("ce-timeoriginal", "1970-01-01T00:01:00Z")));
    EXPECT_THAT(found, Contains(Pair("ce-businessday", "2024-10-04")));
    EXPECT_THAT(found, Contains(Pair("ce-arrivedat", "2024-10-04T00:01:00.000Z")));
    EXPECT_THAT(found, Contains(Pair("ce-arrivedatoriginal", "1970-01-01T00:01:00.000Z")));
}

TEST(BinaryEvent, leaves_out_what_is_not_there) {
    auto entry = sale();
    entry.occurred_at = "yesterday";
    entry.till_sequence.reset();
    entry.traceparent = "nonsense";
    const auto found = events_headers(build(EventFormat::kBinary, entry));
    for (const auto* name : {"ce-time", "ce-sequence", "ce-traceparent"}) EXPECT_THAT(found, Not(Contains(Key(name))));
}

TEST(BinaryEvent, encodes_what_may_not_stand_in_a_header) {
    EXPECT_EQ(header_value("plain!#$&'()*+,-./:;<=>?@[]^_`{|}~\\"), "plain!#$&'()*+,-./:;<=>?@[]^_`{|}~\\");
    EXPECT_EQ(header_value("Euro \u20AC \U0001F600"), "Euro%20%E2%82%AC%20%F0%9F%98%80");
    EXPECT_EQ(header_value("\"100%\""), "%22100%25%22");
    EXPECT_EQ(header_value("a\r\nset-cookie: b\x7F"), "a%0D%0Aset-cookie:%20b%7F");
    auto entry = sale();
    entry.type = "sale\r\nx: y";  // a file that somebody else wrote
    const auto found = events_headers(build(EventFormat::kBinary, entry, "M\u00FCnchen 1"));
    EXPECT_THAT(found, Contains(Pair("ce-source", "urn:tillkeeper:store:M%C3%BCnchen%201")));
    EXPECT_THAT(found, Contains(Pair("ce-type", "tillkeeper.sale%0D%0Ax:%20y.v1")));
}

TEST_F(DestinationWorld, one_event_leaves_at_a_time_in_order) {  // [sync-4]
    for (const auto format : {EventFormat::kStructured, EventFormat::kBinary}) {
        auto made = config(format == EventFormat::kBinary ? "binary" : "structured");
        made.format = format;
        open(made);
    }
    sell_many(40);
    wake_all();
    run(5 * kSecond);
    for (const auto* name : {"binary", "structured"}) {
        EXPECT_EQ(effects[name].size(), 40U);
        expect_order_per_till(name);
        for (const auto& got : received[name]) EXPECT_THAT(got.ids, ElementsAre(got.key));
    }
}

}  // namespace
}  // namespace tillkeeper::sync
