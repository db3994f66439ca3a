// What is handed over: stored, recognised again, quarantined, read back. [storage-1] [storage-2] [storage-3]
#include "storage/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

TEST(Journal, WhatWasAcceptedIsThereAfterAReopen) {  // [storage-1]
    const Folder folder;
    Receipt receipt;
    {
        auto journal = opened(folder.options());
        receipt = put(*journal, sale(uuid(1)));
    }
    EXPECT_EQ(receipt.acceptance, Acceptance::kAccepted);
    EXPECT_EQ(receipt.number, 1);
    auto journal = opened(folder.options());
    auto reader = reading(folder.options());
    auto entry = reader->entry(1);
    ASSERT_TRUE(entry && *entry);
    EXPECT_EQ((*entry)->hash, receipt.hash);
    EXPECT_EQ(put(*journal, sale(uuid(2))).number, 2);
}

TEST(Journal, EveryFieldComesBackExactly) {  // [storage-2]
    const Folder folder;
    auto journal = opened(folder.options());
    NewEntry given = quarantined("T1-000001");
    given.till_sequence = std::nullopt;
    given.refers_to = uuid(77);
    given.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    given.body = std::string("{\"a\": 1,\0\xff\xfe }", 14);
    given.arrival.clock_trusted = false;
    put(*journal, given);
    put(*journal, sale("A0B1C2D3-0000-7000-8000-00000000ABCD"));  // a UUID, but not in the canonical form
    auto read = reading(folder.options())->read_after(0, {});
    ASSERT_TRUE(read && read->size() == 2);
    const Entry& entry = read->front();
    EXPECT_EQ(entry.kind, EntryKind::kQuarantined);
    EXPECT_EQ(entry.till, given.till);
    EXPECT_EQ(entry.till_sequence, given.till_sequence);
    EXPECT_EQ(entry.transaction_id, given.transaction_id);
    EXPECT_EQ(entry.type, given.type);
    EXPECT_EQ(entry.business_day, given.business_day);
    EXPECT_EQ(entry.occurred_at, given.occurred_at);
    EXPECT_EQ(entry.refers_to, given.refers_to);
    EXPECT_EQ(entry.traceparent, given.traceparent);
    EXPECT_EQ(entry.receipt, given.receipt);
    EXPECT_EQ(entry.problems, given.problems);
    EXPECT_EQ(entry.body, given.body);
    EXPECT_EQ(entry.body_digest, sha256(given.body));
    EXPECT_EQ(entry.arrival.arrived_at, given.arrival.arrived_at);
    EXPECT_EQ(entry.arrival.monotonic, given.arrival.monotonic);
    EXPECT_EQ(entry.arrival.boot_id, given.arrival.boot_id);
    EXPECT_FALSE(entry.arrival.clock_trusted);
    EXPECT_EQ((*read)[1].transaction_id, "A0B1C2D3-0000-7000-8000-00000000ABCD");
    EXPECT_EQ((*read)[1].till_sequence, 7);
}

struct Again {
    const char* name;
    bool first_quarantined;
    bool other_content;
    bool one_call;
    Acceptance expected;
};

class HandedOverTwice : public testing::TestWithParam<Again> {};

TEST_P(HandedOverTwice, IsRecognised) {  // [storage-3]
    const Folder folder;
    auto journal = opened(folder.options());
    const NewEntry first = GetParam().first_quarantined ? quarantined(uuid(1)) : sale(uuid(1));
    NewEntry second = first;
    if (GetParam().other_content) second.body += " ";
    second.till = "t2";  // by transaction id over the whole store, not per till
    const std::vector<NewEntry> both{first, second};
    std::vector<Receipt> receipts;
    if (GetParam().one_call)
        receipts = journal->commit(both, {}).value();
    else
        receipts = {put(*journal, first), put(*journal, second)};
    EXPECT_EQ(receipts[0].acceptance, GetParam().first_quarantined ? Acceptance::kQuarantined : Acceptance::kAccepted);
    EXPECT_EQ(receipts[1].acceptance, GetParam().expected);
    EXPECT_EQ(receipts[1].number, GetParam().other_content ? 2 : 1);
    EXPECT_EQ(receipts[1].id_conflict, GetParam().other_content);
    const Receipt third = put(*journal, second);
    EXPECT_EQ(third.acceptance, Acceptance::kDuplicate);
    EXPECT_EQ(third.number, receipts[1].number);
    EXPECT_EQ(third.hash, receipts[1].hash);
    EXPECT_EQ(put(*journal, first).number, 1);
    EXPECT_EQ(reading(folder.options())->bounds()->last, GetParam().other_content ? 2 : 1);
}

INSTANTIATE_TEST_SUITE_P(
    Grid, HandedOverTwice,
    testing::Values(Again{"same", false, false, false, Acceptance::kDuplicate},
                    Again{"same_in_one_call", false, false, true, Acceptance::kDuplicate},
                    Again{"same_quarantined", true, false, false, Acceptance::kDuplicate},
                    Again{"same_quarantined_in_one_call", true, false, true, Acceptance::kDuplicate},
                    Again{"other", false, true, false, Acceptance::kQuarantined},
                    Again{"other_in_one_call", false, true, true, Acceptance::kQuarantined},
                    Again{"other_quarantined", true, true, false, Acceptance::kQuarantined},
                    Again{"other_quarantined_in_one_call", true, true, true, Acceptance::kQuarantined}),
    [](const auto& grid) { return grid.param.name; });

TEST(Journal, AnIdConflictIsShownAndNamed) {  // [storage-2] [storage-3]
    const Folder folder;
    auto journal = opened(folder.options());
    put(*journal, sale(uuid(1)));
    put(*journal, sale(uuid(1), "other"));
    auto reader = reading(folder.options());
    auto held = reader->held("", 0, 10);
    ASSERT_TRUE(held && held->size() == 1);
    EXPECT_EQ(held->front().number, 2);
    EXPECT_EQ(held->front().reason, "same id with other content");
    auto entry = reader->entry(2);
    ASSERT_TRUE(entry && *entry);
    EXPECT_THAT((*entry)->problems, testing::HasSubstr("journal number 1"));
    EXPECT_EQ(reader->number_of(uuid(1)).value(), 1);  // destinations see the first one only
}

TEST(Journal, RefusesWhatCannotBeAnEntryAndStoresNothingOfTheCall) {
    const Folder folder;
    auto journal = opened(folder.options());
    NewEntry nameless = sale(uuid(2));
    nameless.transaction_id.clear();
    NewEntry long_one = sale(uuid(3));
    long_one.body.assign((std::size_t{1} << 20) + 1, 'x');
    NewEntry action = sale(uuid(4));
    action.kind = EntryKind::kAction;
    EXPECT_EQ(journal->commit(std::vector{sale(uuid(1)), nameless}, {}).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(journal->commit(std::vector{sale(uuid(1)), long_one}, {}).error().code, ErrorCode::kLimit);
    EXPECT_EQ(journal->commit(std::vector{sale(uuid(1)), action}, {}).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(put(*journal, sale(uuid(1))).acceptance, Acceptance::kAccepted);
}

TEST(Journal, OneProcessAtATime) {
    const Folder folder;
    auto journal = opened(folder.options());
    auto second = Journal::open(folder.options());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
    journal.reset();
    EXPECT_TRUE(Journal::open(folder.options()));
}

TEST(Journal, TheLogIsEmptiedByCheckpointsAndKeepsItsRoom) {
    const Folder folder;
    auto journal = opened(folder.options());
    std::uint64_t longest = 0;
    for (std::uint64_t n = 1; n <= 300; ++n) {
        put(*journal, sale(uuid(n)));
        longest = std::max(longest, journal->wal_bytes());
        if (journal->wal_bytes() < 100'000) continue;
        ASSERT_TRUE(journal->checkpoint());
        EXPECT_EQ(journal->wal_bytes(), 0U);
    }
    EXPECT_GT(longest, 100'000U);
    EXPECT_LT(longest, 200'000U);
    EXPECT_EQ(reading(folder.options())->bounds()->last, 300);
}

TEST(JournalReader, FindsByIdAndByReceiptNewestFirst) {
    const Folder folder;
    auto journal = opened(folder.options());
    put(*journal, sale(uuid(1)));
    NewEntry other = sale("T1-2");
    other.receipt = "0042-" + uuid(1);
    put(*journal, other);
    auto reader = reading(folder.options());
    auto by_receipt = reader->find("0042-" + uuid(1), 10);
    ASSERT_TRUE(by_receipt && by_receipt->size() == 2);
    EXPECT_EQ(by_receipt->front().number, 2);
    EXPECT_EQ(reader->find("0042-" + uuid(1), 1)->size(), 1U);
    EXPECT_EQ(reader->find("T1-2", 10)->front().number, 2);
    EXPECT_TRUE(reader->find("", 10)->empty());
    EXPECT_FALSE(reader->number_of("nobody").value().has_value());
}

TEST(JournalReader, KeepsItsLimits) {
    const Folder folder;
    auto journal = opened(folder.options());
    for (std::uint64_t n = 1; n <= 5; ++n) put(*journal, sale(uuid(n), std::string(1000, 'x')));
    auto reader = reading(folder.options());
    EXPECT_EQ(reader->read_after(0, {.entries_max = 3})->size(), 3U);
    EXPECT_EQ(reader->read_after(2, {})->front().number, 3);
    EXPECT_EQ(reader->read_after(0, {.entries_max = 5, .bytes_max = 2500})->size(), 2U);
    EXPECT_EQ(reader->read_after(0, {.entries_max = 5, .bytes_max = 10})->size(), 1U);
    EXPECT_TRUE(reader->read_after(5, {})->empty());
}

TEST(JournalReader, SaysThatThereIsNoJournalYet) {
    const Folder folder;
    EXPECT_EQ(JournalReader::open(folder.options()).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace tillkeeper::storage
