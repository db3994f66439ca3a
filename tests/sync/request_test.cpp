// What goes over the wire: CloudEvents, single bodies, gzip, headers.
#include <gmock/gmock.h>
#include <zlib.h>

#include <cctype>

#include "sync/request_builder.h"
#include "sync/trace_parent.h"
#include "tests/fakes/request_header.h"
#include "tests/fakes/seeded_random.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using fakes::header_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

storage::Entry sale(const std::string& id) {
    storage::Entry entry;
    entry.number = 90210;
    entry.till = "t7";
    entry.till_sequence = 48211;
    entry.transaction_id = id;
    entry.type = "sale";
    entry.arrival.clock_trusted = true;
    entry.occurred_at = "2026-11-20T10:42:07.120+01:00";
    entry.body = R"({"id":")" + id + R"(","total":1530,  "spaces": "stay"})";
    return entry;
}

DestinationConfig plain() {
    DestinationConfig config;
    config.name = "erp";
    config.url = "https://erp.example/in";
    config.gzip = false;
    return config;
}

HttpRequest build(const DestinationConfig& config, const std::vector<storage::Entry>& batch, std::uint64_t seed = 1) {
    fakes::SeededRandom random(seed);
    auto builder = RequestBuilder::make(config, "0042");
    EXPECT_TRUE(builder->map(batch).empty());
    return builder->build(batch, random).value();
}

std::string gunzip(const std::string& packed) {
    z_stream z{};
    EXPECT_EQ(inflateInit2(&z, 15 + 16), Z_OK);
    std::string out(1 << 20, '\0');
    std::string in = packed;
    z.next_in = reinterpret_cast<Bytef*>(in.data());
    z.avail_in = static_cast<uInt>(in.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(inflate(&z, Z_FINISH), Z_STREAM_END);
    out.resize(z.total_out);
    inflateEnd(&z);
    return out;
}

TEST(Request, a_cloudevent_has_all_its_fields_and_the_data_as_it_arrived) {  // [sync-4]
    const auto request = build(plain(), {sale("a-1")});
    EXPECT_EQ(request.body,
              R"([{"specversion":"1.0","id":"a-1","source":"urn:tillkeeper:store:0042","type":"tillkeeper.sale.v1",)"
              R"("subject":"t7","time":"2026-11-20T10:42:07.120+01:00","till":"t7","sequence":"48211",)"
              R"("journalnumber":"90210","idempotencykey":"a-1","datacontenttype":"application/json",)"
              R"("data":{"id":"a-1","total":1530,  "spaces": "stay"}}])");
    EXPECT_EQ(header_of(request, "content-type"), "application/cloudevents-batch+json; charset=utf-8");
    EXPECT_EQ(header_of(request, "idempotency-key"), "a-1");
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://erp.example/in");
}

TEST(Request, a_time_that_is_none_is_left_out) {
    for (const auto* time : {"", "yesterday", "2026-13-20T10:42:07Z", "2026-11-20 10:42"}) {
        auto entry = sale("a");
        entry.occurred_at = time;
        entry.till_sequence.reset();
        const auto body = build(plain(), {entry}).body;
        EXPECT_THAT(body, Not(HasSubstr("\"time\""))) << time;
        EXPECT_THAT(body, Not(HasSubstr("\"sequence\"")));
        EXPECT_THAT(body, HasSubstr(R"("subject":"t7","till":"t7","journalnumber")"));
    }
}

TEST(Request, gzip_carries_the_same_bytes) {
    std::vector<storage::Entry> batch;
    for (int i = 0; i < 50; ++i) batch.push_back(sale("s" + std::to_string(i)));
    const auto unpacked = build(plain(), batch);
    auto config = plain();
    config.gzip = true;
    fakes::SeededRandom random;
    auto builder = RequestBuilder::make(config, "0042");
    for (int round = 0; round < 2; ++round) {  // the compressor is used again
        const auto packed = builder->build(batch, random).value();
        EXPECT_EQ(header_of(packed, "content-encoding"), "gzip");
        EXPECT_LT(packed.body.size(), unpacked.body.size() / 4);
        EXPECT_EQ(gunzip(packed.body), unpacked.body);
    }
    EXPECT_EQ(header_of(unpacked, "content-encoding"), "");
}

TEST(Request, the_key_is_the_same_for_the_same_batch_only) {  // [sync-4]
    const std::vector<storage::Entry> one = {sale("a"), sale("b")}, other = {sale("b"), sale("a")};
    const auto key = header_of(build(plain(), one, 1), "idempotency-key");
    EXPECT_EQ(key, header_of(build(plain(), one, 2), "idempotency-key"));
    EXPECT_NE(key, header_of(build(plain(), other), "idempotency-key"));
    EXPECT_EQ(key.size(), 64U);
}

TEST(Request, a_trace_goes_on_where_the_till_began_one) {
    constexpr std::string_view kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    storage::Entry traced = sale("a");
    traced.traceparent = kParent;
    const auto alone = build(plain(), {traced});
    const std::string own = header_of(alone, "traceparent");
    EXPECT_TRUE(is_traceparent(own)) << own;
    EXPECT_EQ(own.substr(0, 36), kParent.substr(0, 36)) << "the same trace";
    EXPECT_NE(own.substr(36, 16), kParent.substr(36, 16)) << "a span of our own";
    EXPECT_EQ(own.substr(52), "-00") << "not sampled stays so";
    EXPECT_THAT(alone.body, HasSubstr(R"(,"traceparent":")" + std::string(kParent) + '"'));

    const auto both = build(plain(), {traced, sale("b")});
    EXPECT_NE(header_of(both, "traceparent").substr(3, 32), kParent.substr(3, 32)) << "two traces cannot be one";
    EXPECT_THAT(both.body, HasSubstr(kParent));

    traced.traceparent = "00-<script>";  // a file that somebody else wrote
    const auto odd = build(plain(), {traced});
    EXPECT_TRUE(is_traceparent(header_of(odd, "traceparent")));
    EXPECT_THAT(odd.body, Not(HasSubstr("script")));
}

TEST_F(DestinationWorld, a_rest_destination_gets_single_bodies_in_order) {  // [sync-4]
    auto made = config();
    made.format = EventFormat::kPlain;
    made.mapping = ".transaction | {\"id\": .id, \"cents\": .total}";
    for (const auto* id : {"a", "b", "c"}) sell(id);
    open(made);
    run(5 * kSecond);
    EXPECT_THAT(effects["erp"], ElementsAre("a", "b", "c"));
    ASSERT_EQ(received["erp"].size(), 3U);
    EXPECT_EQ(received["erp"][1].body, R"({"id":"b","cents":1530})");
    EXPECT_EQ(received["erp"][1].key, "b");
    EXPECT_EQ(header_of(http.requests[1], "content-type"), "application/json");
}

}  // namespace
}  // namespace tillkeeper::sync
