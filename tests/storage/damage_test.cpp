// What the disk does not give back as it was: it is named, and everything around it goes on. [storage-8]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

using testing::IsEmpty;
using testing::Not;

class Damage : public testing::Test {
  protected:
    void fill(std::uint64_t count, std::size_t extra = 0) {
        auto journal = opened(folder_.options());
        for (std::uint64_t n = 1; n <= count; ++n) put(*journal, sale(uuid(n), noise(n, extra)));
    }
    // Does not become smaller when packed.
    static std::string noise(std::uint64_t seed, std::size_t bytes) {
        std::string text;
        while (text.size() < bytes) text += to_hex(sha256(std::to_string(seed) + "/" + std::to_string(text.size())));
        return text;
    }
    void spoil_page(std::int64_t page) {
        std::fstream file(folder_.database(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>((page - 1) * 2048));
        file << std::string(2048, 'x');
    }
    // Gives the row `number` of a table's leaf another number, as a page that was only half written may.
    void renumber(char number, char other) {
        std::fstream file(folder_.database(), std::ios::in | std::ios::out | std::ios::binary);
        std::string bytes((std::istreambuf_iterator<char>(file)), {});
        const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
        for (std::size_t page = 2048; page < bytes.size(); page += 2048) {
            if (bytes[page] != kTableLeaf) continue;
            for (std::size_t cell = 0; cell < at(page + 3) * 256 + at(page + 4); ++cell) {
                std::size_t row = page + at(page + 8 + 2 * cell) * 256 + at(page + 9 + 2 * cell);
                while (at(row) >= 0x80) ++row;  // the size of what it holds, 7 bits in a byte
                if (at(row + 2) < kColumnsMin || bytes[row + 1] != number) continue;
                file.seekp(static_cast<std::streamoff>(row + 1));
                file.put(other);
                ++renumbered_;
            }
        }
    }
    static constexpr char kTableLeaf = 0x0D;
    static constexpr std::size_t kColumnsMin = 15;  // no other table has rows with such headers
    int renumbered_ = 0;
    Folder folder_;
};

void expect_only(const std::vector<Entry>& entries, std::int64_t count, JournalNumber damaged) {
    ASSERT_EQ(entries.size(), static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        EXPECT_EQ(entry.number, static_cast<JournalNumber>(i) + 1);
        if (entry.number == damaged) {
            EXPECT_THAT(entry.damaged, Not(IsEmpty()));
            EXPECT_EQ(entry.body, "");
        } else {
            EXPECT_EQ(entry.damaged, "");
            EXPECT_EQ(entry.body, sale(uuid(static_cast<std::uint64_t>(i) + 1)).body);
        }
    }
}

TEST_F(Damage, OfABodyIsNamedAndTheRestIsHandedOut) {
    for (const char* sql : {"UPDATE entries SET body = substr(body, 1, 20) WHERE number = 3",
                            "UPDATE entries SET body = zeroblob(0) WHERE number = 3",
                            "UPDATE entries SET body_tag = body_tag + 1 WHERE number = 3",
                            "UPDATE entries SET body = (SELECT body FROM entries WHERE number = 2) WHERE number = 3",
                            "DELETE FROM entries WHERE number = 3"}) {
        const Folder folder;
        {
            auto journal = opened(folder.options());
            for (std::uint64_t n = 1; n <= 5; ++n) put(*journal, sale(uuid(n)));
        }
        meddle(folder.database(), sql);
        auto reader = reading(folder.options());
        expect_only(reader->read_after(0, {}).value(), 5, 3);
        EXPECT_THAT(reader->entry(3).value()->damaged, Not(IsEmpty())) << sql;
        EXPECT_EQ(reader->read_after(0, {.entries_max = 3}).value().size(), 3U);
        EXPECT_EQ(reader->read_after(3, {}).value().front().number, 4);
        EXPECT_EQ(reader->verify({})->first_bad, 3);
    }
}

TEST_F(Damage, OfTheOrderOfRowsLeadsNobodyBack) {
    fill(5);
    {
        const auto reopened = opened(folder_.options());
    }  // empties the log: the database is what is read
    renumber(3, 1);
    ASSERT_EQ(renumbered_, 1);
    auto reader = reading(folder_.options());
    JournalNumber last = 0;
    for (int page = 0; page < 8 && last < 5; ++page) {
        const auto entries = reader->read_after(last, {}).value();
        for (const auto& entry : entries) {
            EXPECT_EQ(entry.number, last + 1);
            EXPECT_EQ(entry.damaged.empty(), entry.number != 3) << entry.number << " " << entry.damaged;
            last = entry.number;
        }
    }
    EXPECT_EQ(last, 5);
}

TEST_F(Damage, AGapIsNamedPageByPage) {
    fill(60);
    meddle(folder_.database(), "DELETE FROM entries WHERE number BETWEEN 5 AND 50");
    auto reader = reading(folder_.options());
    JournalNumber last = 0;
    for (int page = 0; page < 6; ++page) {
        const auto entries = reader->read_after(last, {.entries_max = 10}).value();
        ASSERT_EQ(entries.size(), 10U);
        for (const auto& entry : entries) {
            EXPECT_EQ(entry.number, ++last);
            EXPECT_EQ(entry.damaged.empty(), last < 5 || last > 50);
        }
    }
    EXPECT_THAT(reader->read_after(last, {}).value(), IsEmpty());
}

TEST_F(Damage, WhatWasPrunedIsNotMissing) {
    auto journal = opened(folder_.options());
    for (std::uint64_t n = 1; n <= 5; ++n) put(*journal, sale(uuid(n)));
    ASSERT_EQ(journal->prune({.keep = {}, .now = at_hour(100)}, 3).value(), 3);
    EXPECT_EQ(reading(folder_.options())->read_after(0, {})->front().number, 4);
    EXPECT_EQ(reading(folder_.options())->read_after(1, {})->front().damaged, "");
}

// A disk that lied about a sync has lost the newest entries and kept a cursor.
TEST_F(Damage, WhatADestinationHasPassedIsNeverTheNumberOfSomethingNew) {
    {
        auto journal = opened(folder_.options());
        const std::vector<std::string> names{"crm", "erp"};
        ASSERT_TRUE(journal->register_destinations(names));
        for (std::uint64_t n = 1; n <= 5; ++n) put(*journal, sale(uuid(n)));
        report(*journal, {.destination = "erp", .hold = {}, .delivered = {}, .cursor = 5});
    }
    meddle(folder_.database(), "DELETE FROM entries WHERE number > 3");
    auto journal = opened(folder_.options());
    EXPECT_EQ(put(*journal, sale(uuid(6))).number, 6);
    const auto entries = reading(folder_.options())->read_after(3, {}).value();
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_NE(entries[0].damaged, "");
    EXPECT_NE(entries[1].damaged, "");
    EXPECT_EQ(entries[2].transaction_id, uuid(6));
}

TEST_F(Damage, OfAPageTakesOnlyWhatLiesOnIt) {
    fill(40, 700);
    {
        const auto reopened = opened(folder_.options());
    }  // empties the log: the database is what is read
    const auto page = ask(folder_.database(),
                          "SELECT pageno FROM dbstat WHERE name = 'entries' AND pagetype = 'leaf' ORDER BY path LIMIT 1"
                          " OFFSET 3");
    spoil_page(std::stoll(page));
    auto reader = reading(folder_.options());
    std::int64_t whole = 0;
    std::int64_t damaged = 0;
    JournalNumber last = 0;
    while (true) {
        const auto entries = reader->read_after(last, {}).value();
        if (entries.empty()) break;
        for (const auto& entry : entries) {
            EXPECT_EQ(entry.number, ++last);
            ++(entry.damaged.empty() ? whole : damaged);
        }
    }
    EXPECT_EQ(last, 40);
    EXPECT_GT(damaged, 0);
    EXPECT_LT(damaged, 6);
    EXPECT_EQ(put(*opened(folder_.options()), sale(uuid(99))).number, 41) << "selling goes on";
}

TEST_F(Damage, OfAnIndexCostsOnlyTime) {
    fill(60);
    {
        const auto reopened = opened(folder_.options());
    }
    for (const char* page : {"SELECT pageno FROM dbstat WHERE name = 'entries_by_transaction' AND pagetype = 'leaf'"
                             " ORDER BY path DESC LIMIT 1",
                             "SELECT rootpage FROM sqlite_schema WHERE name = 'entries_by_receipt'"}) {
        spoil_page(std::stoll(ask(folder_.database(), page)));
        auto journal = opened(folder_.options());
        auto reader = reading(folder_.options());
        const auto newest = reader->bounds()->last;
        for (const std::uint64_t n : {1U, 30U, 60U})
            EXPECT_EQ(reader->number_of(uuid(n)).value(), n) << "no index needed";
        const NewEntry next = sale(uuid(static_cast<std::uint64_t>(newest) + 1));
        ASSERT_EQ(journal->commit({&next, 1}, {}).error().code, ErrorCode::kCorrupt);
        ASSERT_TRUE(journal->recover());
        EXPECT_EQ(put(*journal, next).number, newest + 1);
        EXPECT_EQ(put(*journal, sale(uuid(3))).acceptance, Acceptance::kDuplicate) << "the new index knows the old ids";
        EXPECT_EQ(reader->number_of(uuid(5)).value(), 5) << "a reader goes on";
        EXPECT_EQ(reader->verify({})->first_bad, 0);
    }
}

TEST_F(Damage, OfAnIndexAndAnEntryIsToldAndChangesNothing) {
    fill(60, 400);
    {
        const auto reopened = opened(folder_.options());
    }
    const std::string entries =
        ask(folder_.database(),
            "SELECT pageno FROM dbstat WHERE name = 'entries' AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET 2");
    const std::string index =
        ask(folder_.database(), "SELECT rootpage FROM sqlite_schema WHERE name = 'entries_by_transaction'");
    spoil_page(std::stoll(entries));
    spoil_page(std::stoll(index));
    auto journal = opened(folder_.options());
    const NewEntry next = sale(uuid(61));
    ASSERT_EQ(journal->commit({&next, 1}, {}).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(journal->recover().error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(journal->recover().error().code, ErrorCode::kCorrupt) << "again, and not by luck";
    EXPECT_EQ(reading(folder_.options())->bounds().value().last, 60);
}

TEST_F(Damage, WhatATillHandsOverAgainIsTheOnlyWholeCopyAndIsKept) {  // [storage-3]
    auto journal = opened(folder_.options());
    put(*journal, sale(uuid(1)));
    journal.reset();
    meddle(folder_.database(), "UPDATE entries SET body = zeroblob(9)");
    journal = opened(folder_.options());
    const auto receipt = put(*journal, sale(uuid(1)));
    EXPECT_EQ(receipt.acceptance, Acceptance::kQuarantined);
    EXPECT_EQ(receipt.number, 2);
    EXPECT_EQ(reading(folder_.options())->entry(2).value()->body, sale(uuid(1)).body);
    EXPECT_EQ(put(*journal, sale(uuid(2))).acceptance, Acceptance::kAccepted);
}

TEST_F(Damage, IsRepairedOrSkippedButNotSentAgain) {  // [storage-6]
    auto journal = opened(folder_.options());
    put(*journal, sale(uuid(1)));
    report(*journal, {.destination = "erp", .hold = {held_at("erp", 1)}, .delivered = {}, .cursor = 1});
    journal.reset();
    meddle(folder_.database(), "UPDATE entries SET body = zeroblob(9)");
    journal = opened(folder_.options());
    EXPECT_EQ(journal->decide(decision(Decision::Kind::kRetry, "erp", 1)).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(journal->decide(decision(Decision::Kind::kRepair, "erp", 1, "whole again")).value(), 2);
    EXPECT_EQ(reading(folder_.options())->held("erp", 0, 9)->front().body_number, 2);
    EXPECT_EQ(put(*journal, sale(uuid(2))).number, 3) << "selling goes on";
}

}  // namespace
}  // namespace tillkeeper::storage
