// Under which numbers destinations booked entries.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

std::string booked(JournalReader& reader, JournalNumber number) {
    std::string all;
    const auto bookings = reader.bookings(number);
    if (!bookings) return bookings.error().message;
    for (const auto& one : *bookings) all += one.destination + "=" + one.document + ";";
    return all;
}

Progress taken(const std::string& destination, JournalNumber number, const std::string& document) {
    return {.destination = destination,
            .hold = {},
            .delivered = {},
            .booked = {{destination, number, document}},
            .cursor = number};
}

TEST(Bookings, AreKeptWithTheCursor_AndTheLatestWordCounts) {  // [sync-12]
    const Folder folder;
    {
        auto journal = opened(folder.options());
        for (std::uint64_t n = 1; n <= 2; ++n) put(*journal, sale(uuid(n)));
        report(*journal, taken("erp", 1, "SO 17"));
        report(*journal, taken("crm", 1, "A-1"));
        report(*journal, taken("erp", 1, "SO 18"));
    }
    auto journal = opened(folder.options());
    auto reader = reading(folder.options());
    EXPECT_EQ(booked(*reader, 1), "crm=A-1;erp=SO 18;");
    EXPECT_EQ(booked(*reader, 2), "");
}

TEST(Bookings, TheNewestOfADestinationIsFoundAmongOthers) {  // [sync-12]
    const Folder folder;
    auto journal = opened(folder.options());
    for (std::uint64_t n = 1; n <= 5; ++n) put(*journal, sale(uuid(n)));
    report(*journal, taken("erp", 1, "SO 1"));
    report(*journal, taken("erp", 2, "SO 2"));
    for (JournalNumber number = 2; number <= 5; ++number) report(*journal, taken("crm", number, "A"));
    auto reader = reading(folder.options());
    EXPECT_EQ(reader->newest_booking("erp", 5).value()->document, "SO 2");
    EXPECT_EQ(reader->newest_booking("erp", 5).value()->number, 2);
    EXPECT_EQ(reader->newest_booking("erp", 1).value()->document, "SO 1");
    EXPECT_EQ(reader->newest_booking("crm", 4).value()->number, 4);
    EXPECT_FALSE(reader->newest_booking("oms", 5).value());
}

TEST(Bookings, WhatCannotBeOneIsLeftOut) {  // [sync-12]
    const Folder folder;
    auto journal = opened(folder.options());
    put(*journal, sale(uuid(1)));
    report(*journal, taken("erp", 1, std::string(kDocumentBytesMax + 1, '7')));
    report(*journal, taken("crm", 2, "of an entry that is not there"));
    report(*journal, taken("oms", 1, std::string(kDocumentBytesMax, '7')));
    auto reader = reading(folder.options());
    EXPECT_EQ(booked(*reader, 1), "oms=" + std::string(kDocumentBytesMax, '7') + ";");
    EXPECT_EQ(booked(*reader, 2), "");
}

TEST(Bookings, GoWithTheirEntry) {  // [storage-8]
    const Folder folder;
    auto journal = opened(folder.options());
    for (std::uint64_t n = 1; n <= 4; ++n) put(*journal, sale(uuid(n)));
    for (JournalNumber number = 1; number <= 3; ++number)
        report(*journal, taken("erp", number, std::to_string(number)));
    ASSERT_EQ(journal->prune({.keep = {}, .now = at_hour(100)}, 2).value(), 2);
    EXPECT_EQ(ask(folder.database(), "SELECT count(*) FROM documents"), "1");
    auto reader = reading(folder.options());
    EXPECT_EQ(booked(*reader, 1), "");
    EXPECT_EQ(booked(*reader, 3), "erp=3;");
}

TEST(Bookings, ADamagedPageOfThemHoldsUpNothing) {  // [storage-8]
    const Folder folder;
    {
        auto journal = opened(folder.options());
        put(*journal, sale(uuid(1)));
        report(*journal, taken("erp", 1, "SO 17"));
    }
    meddle(folder.database(), "PRAGMA wal_checkpoint(TRUNCATE)");
    const auto page = std::stoll(ask(folder.database(), "SELECT rootpage FROM sqlite_schema WHERE name = 'documents'"));
    {
        std::fstream file(folder.database(), std::ios::in | std::ios::out | std::ios::binary);
        const auto bytes = std::stoll(ask(folder.database(), "PRAGMA page_size"));
        file.seekp((page - 1) * bytes);
        file << std::string(static_cast<std::size_t>(bytes), 'x');
    }
    auto journal = opened(folder.options());
    const NewEntry next = sale(uuid(2));
    const Progress progress = taken("erp", 1, "SO 18");
    ASSERT_EQ(journal->commit({&next, 1}, {&progress, 1}).error().code,
              ErrorCode::kCorrupt);  // and the writer recovers
    ASSERT_TRUE(journal->recover());
    const auto committed = journal->commit({&next, 1}, {&progress, 1});
    ASSERT_TRUE(committed) << committed.error().message;
    report(*journal, taken("erp", 2, "SO 19"));
    auto reader = reading(folder.options());
    EXPECT_EQ(reader->cursors()->front().number, 2);
    EXPECT_EQ(booked(*reader, 1), "");
    EXPECT_EQ(journal->prune({.keep = {}, .now = at_hour(100)}, 9).value(), 1);
    EXPECT_EQ(reader->verify({})->first_bad, 0);
}

}  // namespace
}  // namespace tillkeeper::storage
