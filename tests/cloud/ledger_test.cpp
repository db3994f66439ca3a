#include "tests/cloud/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cloud/cloud_rig.h"

namespace tillkeeper::cloud {
namespace {

using testing::HasSubstr;

TEST(Delivery, TakesEffectOncePerId) {
    const RunningCloud cloud;
    Sender sender(cloud);
    const std::string body = batch({event("a", erp_data()), event("b", erp_data(200, 200), "till-1", "2")});
    const Reply first = sender.send(body);
    EXPECT_EQ(first.body, R"({"items":[{"id":"a","outcome":"delivered","reason":null,"document":"ERP-0000001"},)"
                          R"({"id":"b","outcome":"delivered","reason":null,"document":"ERP-0000002"}]})"
                          "\n");
    EXPECT_EQ(sender.send(gzip(body), "/erp/v1/postings", {"content-encoding: gzip"}).body, first.body);
    const auto book = cloud.control().ledger().value().at("erp");
    EXPECT_EQ(book.count, 2);
    EXPECT_EQ(book.repeated, 2);
    EXPECT_EQ(book.requests, 2);
    EXPECT_EQ(book.amount_by_day, (std::map<std::string, std::int64_t>{{"2026-11-20", 1730}}));
    EXPECT_EQ(cloud.control().items("erp").value(),
              "{\"id\":\"a\",\"document\":\"ERP-0000001\",\"till\":\"till-1\",\"sequence\":1}\n"
              "{\"id\":\"b\",\"document\":\"ERP-0000002\",\"till\":\"till-1\",\"sequence\":2}\n");
    EXPECT_TRUE(cloud.control().has("erp", "a").value());
    EXPECT_FALSE(cloud.control().has("oms", "a").value());
    ASSERT_TRUE(cloud.control().clear_ledger());
    EXPECT_FALSE(cloud.control().has("erp", "a").value());
}

TEST(Delivery, RejectsWhatDoesNotAddUpAndTakesTheRest) {
    const RunningCloud cloud;
    Sender sender(cloud);
    const Reply reply = sender.send(
        batch({event("bad", erp_data(1530, 1529)), event("good", erp_data()), event("poor", "{}"), event("odd", "7")}));
    EXPECT_EQ(reply.status, 200);
    EXPECT_THAT(reply.body, HasSubstr(R"("outcome":"rejected","reason":"debits 1530 differ from credits 1529")"));
    EXPECT_THAT(reply.body, HasSubstr(R"("id":"good","outcome":"delivered")"));
    const auto book = cloud.control().ledger().value().at("erp");
    EXPECT_EQ(book.count, 1);
    EXPECT_EQ(book.rejected, 3);
    // Repaired, it takes effect.
    EXPECT_THAT(sender.send(batch({event("bad", erp_data())})).body, HasSubstr("ERP-0000002"));
}

TEST(Delivery, KnowsItsChartOfAccounts) {
    const RunningCloud cloud;
    Sender sender(cloud);
    std::string odd = erp_data();
    odd.replace(odd.find("1000"), 4, "tender:barter");
    EXPECT_THAT(sender.send(batch({event("a", odd)})).body,
                HasSubstr(R"("outcome":"rejected","reason":"unknown account tender:barter")"));
    EXPECT_THAT(sender.send(batch({event("a", erp_data())})).body, HasSubstr(R"("outcome":"delivered")"));
}

TEST(Delivery, LooksAtOrdersAndActivities) {
    const RunningCloud cloud;
    Sender sender(cloud);
    const std::string line = R"({"sku":"85123A","quantity":6,"amount":1530})";
    const std::string order =
        R"({"order_reference":"r","lines":[)" + line + "," + line + R"(],"returns":[)" + line + "]}";
    EXPECT_THAT(sender
                    .send(batch({event("o1", order), event("o2", R"({"order_reference":"r","lines":[{"sku":"x"}]})")}),
                          "/oms/v1/orders")
                    .body,
                AllOf(HasSubstr("OMS-0000001"), HasSubstr("a line lacks sku or quantity")));
    EXPECT_THAT(sender
                    .send(batch({event("c1", R"({"activity":"a","member_id":"17850","points_base":1530})"),
                                 event("c2", R"({"activity":"a","member_id":null,"points_base":40})"),
                                 event("c3", R"({"activity":"a","points_base":1.5})")}),
                          "/crm/v1/activities")
                    .body,
                AllOf(HasSubstr("CRM-0000002"), HasSubstr("rejected")));
    const auto ledger = cloud.control().ledger().value();
    EXPECT_EQ(ledger.at("oms").lines, 2);
    EXPECT_EQ(ledger.at("oms").returns, 1);
    EXPECT_EQ(ledger.at("crm").members, 1);
    EXPECT_EQ(ledger.at("crm").points, 1530);
}

TEST(Delivery, WatchesTheOrderOfEachTill) {
    const RunningCloud cloud;
    Sender sender(cloud);
    const auto send = [&](const std::string& id, const std::string& till, const std::string& sequence) {
        return sender.send(batch({event(id, "{}", till, sequence)}), "/bench/v1/events").status;
    };
    EXPECT_EQ(send("a", "till-1", "\"5\""), 200);
    EXPECT_EQ(send("b", "till-2", "\"1\""), 200);
    EXPECT_EQ(send("c", "till-1", "\"9\""), 200);
    EXPECT_EQ(send("a", "till-1", "\"5\""), 200);  // a repetition is not out of order
    EXPECT_EQ(cloud.control().ledger().value().at("bench").order_violations, 0);
    EXPECT_EQ(send("d", "till-1", "7"), 200);
    EXPECT_EQ(send("e", "till-1", "8"), 200);
    EXPECT_EQ(send("f", "till-1", "10"), 200);
    EXPECT_EQ(cloud.control().ledger().value().at("bench").order_violations, 2);
    EXPECT_THAT(cloud.control().ledger_text().value(),
                HasSubstr(R"({"id":"e","till":"till-1","sequence":8,"after":9})"));
}

TEST(Delivery, RefusesWhatIsNoCloudEvent) {
    const RunningCloud cloud;
    Sender sender(cloud);
    const auto status = [&](const std::string& body, std::vector<std::string> headers = {}) {
        return sender.send(body, "/erp/v1/postings", std::move(headers)).status;
    };
    EXPECT_EQ(status("{"), 400);
    EXPECT_EQ(status("[{}]"), 400);
    EXPECT_EQ(status("[" + event("a", erp_data()) + "]]"), 400);
    EXPECT_EQ(status("[" + event("a", erp_data()) + ",]"), 400);
    EXPECT_EQ(status("[" + event(std::string(65, 'i'), erp_data()) + "]"), 400);
    EXPECT_EQ(status("[" + event("\xFF", erp_data()) + "]"), 400);
    EXPECT_EQ(status("[" + event("a", std::string(100, '[') + std::string(100, ']')) + "]"), 400);
    EXPECT_EQ(status("not gzip", {"content-encoding: gzip"}), 400);
    EXPECT_EQ(status(gzip("[]").substr(0, 12), {"content-encoding: gzip"}), 400);
    EXPECT_EQ(status("[]", {"content-encoding: br"}), 415);
    EXPECT_EQ(cloud.control().ledger().value().at("erp").count, 0);
    EXPECT_EQ(sender.send("[]", "/nowhere").status, 404);
}

TEST(Delivery, TakesASingleEvent) {
    const RunningCloud cloud;
    Sender sender(cloud);
    const Reply reply = sender.client.post(cloud.url("/erp/v1/postings"), event("one", erp_data()),
                                           {sender.authorization, "content-type: application/cloudevents+json"});
    EXPECT_THAT(reply.body, HasSubstr("ERP-0000001"));
    EXPECT_EQ(sender.client
                  .post(cloud.url("/erp/v1/postings"), event("one", erp_data()),
                        {sender.authorization, "content-type: application/json"})
                  .status,
              415);
}

TEST(Delivery, BoundsBodies) {
    const RunningCloud cloud;
    Sender sender(cloud);
    for (const long version : {CURL_HTTP_VERSION_2TLS, CURL_HTTP_VERSION_1_1}) {
        sender.client.version = version;
        EXPECT_EQ(sender.send(std::string(std::size_t{5} << 20, ' ')).status, 413);
        const std::string bomb = gzip(std::string(std::size_t{40} << 20, ' '));
        ASSERT_LT(bomb.size(), std::size_t{1} << 20);
        EXPECT_EQ(sender.send(bomb, "/erp/v1/postings", {"content-encoding: gzip"}).status, 413);
        EXPECT_EQ(sender.send("[]").status, 200);
    }
}

TEST(LedgerFile, IsReadAgainButForATornLine) {
    const auto scratch = lab::Scratch::make("cloud-ledger").value();
    const auto with_id = [](std::string_view id, std::int64_t sequence) {
        Event made;
        made.id = id;
        made.till = "till-1";
        made.sequence = sequence;
        made.business_day = "2026-11-20";
        made.amount = 100;
        return made;
    };
    {
        auto ledger = Ledger::open(scratch.path()).value();
        EXPECT_EQ(ledger.apply(Destination::kErp, with_id("a\"b", 1)), 1u);
        EXPECT_EQ(ledger.apply(Destination::kErp, with_id("c", 2)), 2u);
        ASSERT_TRUE(ledger.flush());
    }
    const auto file = scratch.path() / "ledger.ndjson";
    ASSERT_TRUE(lab::write_file(file, lab::read_file(file) + R"({"destination":"erp","id":"to)"));
    for (int again = 0; again < 2; ++again) {
        auto ledger = Ledger::open(scratch.path()).value();
        EXPECT_EQ(ledger.book(Destination::kErp).effects.size(), 2u);
        EXPECT_EQ(ledger.book(Destination::kErp).amount_by_day.at("2026-11-20"), 200);
        EXPECT_EQ(ledger.apply(Destination::kErp, with_id("a\"b", 1)), 1u);
    }
    ASSERT_TRUE(lab::write_file(file, "damaged\n" + lab::read_file(file)));
    EXPECT_FALSE(Ledger::open(scratch.path()));
}

}  // namespace
}  // namespace tillkeeper::cloud
