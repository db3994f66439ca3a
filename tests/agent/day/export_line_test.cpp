// An entry goes out and comes in as it was. [agent-42]
#include "agent/day/export_line.h"

#include <gtest/gtest.h>

#include "tests/agent/day/day_entries.h"

namespace tillkeeper::agent {
namespace {

TEST(ExportLine, ComesInAsItWentOut) {
    auto entry = numbered(7, handed_over("t1", 3, 100));
    entry.kind = storage::EntryKind::kReleased;
    entry.repairs = 5;
    entry.problems = R"({"decision":"repair"})";
    entry.body = "{\"id\" : \"a\",\n \"text\": \"\\u00e4 \\\"quoted\\\" \xC3\xA4\"}";
    const auto line = export_line(entry);
    EXPECT_EQ(line.find('\n'), line.size() - 1) << "one line";
    const auto read = read_export_line(line.substr(0, line.size() - 1));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->number, 7);
    EXPECT_EQ(read->kind, entry.kind);
    EXPECT_EQ(read->repairs, 5);
    EXPECT_EQ(read->till_sequence, 3);
    EXPECT_EQ(read->body, entry.body) << "to the byte";
    EXPECT_EQ(read->problems, entry.problems);
    EXPECT_EQ(read->arrival.arrived_at, entry.arrival.arrived_at);
}

TEST(ExportLine, ADamagedEntryIsNamed) {
    storage::Entry rotten;
    rotten.number = 3;
    rotten.damaged = "its digest is wrong";
    const auto read = read_export_line(export_line(rotten));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->number, 3);
    EXPECT_EQ(read->damaged, rotten.damaged);
}

TEST(ExportLine, AChangedBodyIsFound) {
    auto line = export_line(numbered(7, handed_over("t1", 3, 100)));
    line.replace(line.find("\\\"total\\\":100"), 13, "\\\"total\\\":999");
    const auto read = read_export_line(line);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
}

TEST(ExportLine, WhateverElseIsRefused) {
    for (const char* wrong : {"", "null", "[]", "{}", "{\"number\":0}", "{\"number\":-1,\"kind\":\"transaction\"}",
                              "{\"number\":1}", "{\"number\":1,\"kind\":\"sale\"}", "{\"number\":1,", "\xff",
                              "{\"number\":1,\"kind\":\"transaction\",\"body\":{}}"})
        EXPECT_FALSE(read_export_line(wrong)) << wrong;
}

TEST(ExportLine, TheLastLineIsOfAnotherKind) {
    const auto end = read_export_end(export_end({3, 7, 9, "ab", "cd"}));
    ASSERT_TRUE(end);
    EXPECT_EQ(end->entries, 3);
    EXPECT_EQ(end->last, 9);
    EXPECT_EQ(end->sha256, "cd");
    EXPECT_FALSE(read_export_end(export_line(numbered(7, handed_over("t1", 3, 100)))));
    EXPECT_FALSE(read_export_end("{"));
}

TEST(ReceivedLine, MayBeACloudEvent) {
    const auto read = read_received_line(
        R"({"specversion":"1.0","id":"a-1","source":"urn:x","type":"tillkeeper.sale.v1","till":"t1","sequence":"4",)"
        R"("journalnumber":"12","data":{"total":5}})");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->number, 12);
    EXPECT_EQ(read->type, "sale");
    EXPECT_EQ(read->till_sequence, 4);
    EXPECT_EQ(read->body, R"({"total":5})");
    EXPECT_FALSE(read_received_line(R"({"specversion":"1.0","id":"a-1","type":"tillkeeper.sale.v1"})"));
}

}  // namespace
}  // namespace tillkeeper::agent
