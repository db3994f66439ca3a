#include <gtest/gtest.h>

#include <set>

#include "tests/cloud/cloud_rig.h"
#include "tests/cloud/feed_api.h"
#include "tests/cloud/table.h"

namespace tillkeeper::cloud {
namespace {

Tree record(const std::string& text) {
    return parse_tree(text);
}

// Reads a whole feed; how many records came.
std::size_t read_all(const Table& table, const std::string& cursor, std::size_t rows, std::set<std::string>& seen,
                     std::string& next_cursor) {
    std::size_t count = 0;
    for (std::string page;;) {
        const auto got = table.page(cursor, page, rows);
        EXPECT_FALSE(got.forgotten);
        for (const auto& each : got.records) seen.insert(each);
        count += got.records.size() + got.deleted.size();
        next_cursor = got.cursor;
        page = got.next;
        if (page.empty()) return count;
    }
}

TEST(Table, AllRowsThenChanges) {
    Table table(RowKind::kMembers);
    table.generate(1003, 7);
    const auto key = table.set(record(R"({"member_id":"own-1","points":5,"name":"Zoë"})").get());
    ASSERT_TRUE(key);
    EXPECT_EQ(*key, "own-1");
    for (const std::size_t rows : {1U, 7U, 100U, 5000U}) {
        std::set<std::string> seen;
        std::string cursor;
        EXPECT_EQ(read_all(table, "", rows, seen, cursor), 1004U) << rows;
        EXPECT_EQ(seen.size(), 1004U) << rows;
    }
    std::set<std::string> seen;
    std::string cursor;
    read_all(table, "", 100, seen, cursor);
    EXPECT_TRUE(table.add("M00000017", -3));
    EXPECT_TRUE(table.remove("M00000018"));
    EXPECT_FALSE(table.remove("M00000018"));
    EXPECT_FALSE(table.add("M00001003", 1)) << "not generated";
    const auto changes = table.page(cursor, "", 100);
    ASSERT_EQ(changes.records.size(), 1U);
    EXPECT_EQ(changes.records.front(), *table.row("M00000017"));
    EXPECT_EQ(changes.deleted, std::vector<std::string>{"M00000018"});
    EXPECT_EQ(table.count(), 1003U);
    table.set_cursor_lag(1);
    EXPECT_NE(table.page(cursor, "", 100).cursor, changes.cursor) << "yesterday's cursor";
    table.forget_cursors();
    EXPECT_TRUE(table.page(cursor, "", 100).forgotten);
    EXPECT_TRUE(table.page("", "nonsense", 100).forgotten);
    EXPECT_FALSE(table.page("", "", 100).forgotten);
}

TEST(Table, TheSameSeedGivesTheSameRows) {
    Table one(RowKind::kMembers);
    Table two(RowKind::kMembers);
    one.generate(1'000'000, 3);
    two.generate(10, 3);
    EXPECT_EQ(one.row("M00000009"), two.row("M00000009"));
    two.generate(10, 4);
    EXPECT_NE(one.row("M00000009"), two.row("M00000009"));
    EXPECT_EQ(one.row_by("phone", "0171 00000017"), one.row("M00000017"));
    EXPECT_EQ(one.row_by("card_barcode", "2900000000017"), one.row("M00000017"));
    EXPECT_FALSE(one.row_by("phone", "0171 10000000"));
    EXPECT_FALSE(one.row_by("shoe_size", "00000017"));
}

TEST(Feed, OverHttpsBehindOAuth) {
    RunningCloud cloud;
    auto control = cloud.control();
    ASSERT_TRUE(control.tell("/collections", R"({"collection":"products","generate":25,"seed":1})"));
    Sender client(cloud);
    EXPECT_EQ(client.client.get(cloud.url("/feed/v1/products"), {}).status, 401);
    const auto first = client.get("/feed/v1/products?limit=20");
    EXPECT_EQ(first.status, 200);
    const Tree page = parse_tree(first.body);
    EXPECT_EQ(cJSON_GetArraySize(member_of(page.get(), "records")), 20);
    const auto second = client.get("/feed/v1/products?limit=20&page=" + text_of(page.get(), "next"));
    EXPECT_EQ(cJSON_GetArraySize(member_of(parse_tree(second.body).get(), "records")), 5);
    const auto tag = first.headers.at("etag");
    EXPECT_EQ(client.get("/feed/v1/products", {"if-none-match: " + tag}).status, 304);
    ASSERT_TRUE(control.tell(
        "/collections", R"({"collection":"products","set":[{"sku":"X","description":"new"}],"remove":["P00000003"]})"));
    EXPECT_EQ(client.get("/feed/v1/products", {"if-none-match: " + tag}).status, 200);
    const auto lines = client.get("/feed/v1/products?format=ndjson&cursor=" + text_of(page.get(), "cursor"));
    EXPECT_EQ(lines.headers.at("content-type"), "application/x-ndjson");
    EXPECT_TRUE(lines.body.starts_with("{\"sku\":\"X\",\"description\":\"new\"}\n{\"deleted\":\"P00000003\"}\n"))
        << lines.body;
    ASSERT_TRUE(control.tell("/collections", R"({"collection":"products","forget_cursors":true})"));
    EXPECT_EQ(client.get("/feed/v1/products?cursor=" + text_of(page.get(), "cursor")).status, 410);
    EXPECT_EQ(client.get("/feed/v1/shoes").status, 404);
}

TEST(Feed, GraphQlAndLive) {
    RunningCloud cloud;
    auto control = cloud.control();
    ASSERT_TRUE(control.tell("/collections", R"({"collection":"members","generate":25,"seed":1})"));
    Sender client(cloud);
    const auto ask = [&](const std::string& path, const std::string& variables) {
        return client.send(R"({"query":"query{members{records}}","variables":)" + variables + "}", path).body;
    };
    const auto page = ask("/feed/v1/graphql", R"({"cursor":null,"page":null,"limit":3})");
    EXPECT_TRUE(page.starts_with(R"({"data":{"members":{"records":[{"member_id":"M00000000")")) << page;
    EXPECT_NE(ask("/feed/v1/graphql", R"({"cursor":"v0","page":null})").find("CURSOR_EXPIRED"), std::string::npos);
    EXPECT_NE(ask("/live/v1/graphql", R"({"key":"M00000007","field":"member_id"})").find("M00000007"),
              std::string::npos);
    EXPECT_EQ(ask("/live/v1/graphql", R"({"key":"none","field":""})"), "{\"data\":{\"members\":null}}\n");
    EXPECT_EQ(client.get("/live/v1/members?by=phone&key=%2B49%20171%2000000007").status, 200);
    EXPECT_EQ(client.get("/live/v1/members?by=member_id&key=nobody").status, 404);
    ASSERT_TRUE(control.set_fault(R"({"destination":"live","mode":"status","status":503})"));
    EXPECT_EQ(client.get("/live/v1/members?key=M00000007").status, 503);
    EXPECT_EQ(client.get("/feed/v1/members").status, 200) << "a fault of one kind leaves the others";
}

TEST(Feed, StockFollowsWhatTheOmsGot) {
    RunningCloud cloud;
    auto control = cloud.control();
    ASSERT_TRUE(control.tell("/collections", R"({"collection":"stock","set":[{"sku":"A","quantity":10}]})"));
    Sender client(cloud);
    const std::string sale = event(
        "s-1", R"({"order_reference":"s-1","lines":[{"sku":"A","quantity":3}],"returns":[{"sku":"A","quantity":1}]})");
    for (int i = 0; i < 2; ++i) EXPECT_EQ(client.send(batch({sale}), "/oms/v1/orders").status, 200);
    EXPECT_EQ(*control.ask("/collections?collection=stock&key=A"), "{\"sku\":\"A\",\"quantity\":8}\n");
}

}  // namespace
}  // namespace tillkeeper::cloud
