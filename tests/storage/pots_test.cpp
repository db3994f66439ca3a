// Sums that entries draw on: never more than the limit, each entry once. [storage-13]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <map>

#include "storage/own_entries.h"
#include "storage/pots.h"
#include "tests/fakes/seeded_random.h"
#include "tests/storage/faulty_disk.h"
#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

using testing::ElementsAre;

NewEntry redemption(const std::string& id, std::vector<Spend> spends) {
    NewEntry entry = sale(id);
    entry.type = "redemption";
    entry.spends = std::move(spends);
    return entry;
}

Spend take(const std::string& pot, std::int64_t amount, std::int64_t limit,
           std::optional<std::int64_t> expected = std::nullopt) {
    return {.pot = pot, .amount = amount, .limit = limit, .expected = expected};
}

std::vector<std::int64_t> spent(const JournalOptions& options, const std::vector<std::string>& pots) {
    std::vector<std::int64_t> given;
    const auto states = reading(options)->pots(pots).value();
    for (const auto& pot : states) given.push_back(pot.given);
    return given;
}

TEST(Pots, GiveUpToTheirLimitAndAGroupCountsOneAfterTheOther) {  // [storage-13]
    const Folder folder;
    auto journal = opened(folder.options());
    const std::vector<NewEntry> group{redemption("a", {take("p", 60, 100)}), redemption("b", {take("p", 60, 100)}),
                                      sale("c"), redemption("d", {take("p", 40, 100)}),
                                      redemption("e", {take("p", 1, 100)})};
    const auto receipts = journal->commit(group, {}).value();
    EXPECT_EQ(receipts[0].acceptance, Acceptance::kAccepted);
    EXPECT_EQ(receipts[1].acceptance, Acceptance::kOverspent);
    EXPECT_EQ(receipts[1].number, 0);
    EXPECT_EQ(receipts[2].number, 2) << "the rest of the group goes on, without a gap";
    EXPECT_EQ(receipts[3].acceptance, Acceptance::kAccepted);
    EXPECT_EQ(receipts[4].acceptance, Acceptance::kOverspent);
    EXPECT_THAT(spent(folder.options(), {"q", "p"}), ElementsAre(0, 100));
    EXPECT_EQ(reading(folder.options())->bounds()->last, 3);
    EXPECT_TRUE(reading(folder.options())->find("b", 9)->empty());
    EXPECT_EQ(reading(folder.options())->verify({})->first_bad, 0);
}

TEST(Pots, ARepetitionNeverSpendsAgain) {  // [storage-13] [storage-3]
    const Folder folder;
    auto journal = opened(folder.options());
    const NewEntry entry = redemption("a", {take("p", 60, 100)});
    const auto twice = journal->commit(std::vector{entry, entry}, {}).value();
    EXPECT_EQ(twice[1].acceptance, Acceptance::kDuplicate);
    EXPECT_EQ(put(*journal, entry).acceptance, Acceptance::kDuplicate);
    journal.reset();
    journal = opened(folder.options());
    EXPECT_EQ(put(*journal, entry).number, 1);
    EXPECT_THAT(spent(folder.options(), {"p"}), ElementsAre(60));
}

TEST(Pots, AnIdWithOtherContentIsKeptAndSpendsNothing) {  // [storage-13] [storage-3]
    const Folder folder;
    auto journal = opened(folder.options());
    put(*journal, redemption("a", {take("p", 60, 100)}));
    NewEntry other = redemption("a", {take("p", 40, 100)});
    other.body += " ";
    EXPECT_EQ(put(*journal, other).acceptance, Acceptance::kQuarantined);
    EXPECT_THAT(spent(folder.options(), {"p"}), ElementsAre(60));
}

TEST(Pots, AllSpendsOfAnEntryOrNone) {  // [storage-13]
    const Folder folder;
    auto journal = opened(folder.options());
    put(*journal, redemption("a", {take("member", 10, 50), take("store", 90, 100)}));
    EXPECT_EQ(put(*journal, redemption("b", {take("member", 11, 50), take("store", 11, 100)})).acceptance,
              Acceptance::kOverspent);
    EXPECT_THAT(spent(folder.options(), {"member", "store"}), ElementsAre(10, 90));
    // Twice from one pot counts twice.
    EXPECT_EQ(put(*journal, redemption("c", {take("x", 60, 100), take("x", 60, 100)})).acceptance,
              Acceptance::kOverspent);
    EXPECT_EQ(put(*journal, redemption("d", {take("x", 60, 100), take("x", 40, 100)})).acceptance,
              Acceptance::kAccepted);
    EXPECT_THAT(spent(folder.options(), {"x"}), ElementsAre(100));
}

TEST(Pots, WhatIsExpectedMustBeSo) {  // [storage-13]
    const Folder folder;
    auto journal = opened(folder.options());
    EXPECT_EQ(put(*journal, redemption("a", {take("p", 5, 100, 1)})).acceptance, Acceptance::kOverspent);
    EXPECT_EQ(put(*journal, redemption("b", {take("p", 5, 100, 0)})).acceptance, Acceptance::kAccepted);
    EXPECT_EQ(put(*journal, redemption("c", {take("p", 95, 100, 0)})).acceptance, Acceptance::kOverspent);
    EXPECT_EQ(put(*journal, redemption("d", {take("p", 95, 100, 5)})).acceptance, Acceptance::kAccepted);
    EXPECT_EQ(put(*journal, redemption("e", {take("p", 0, 99)})).acceptance, Acceptance::kOverspent);
}

TEST(Pots, WhatCannotBeASpendIsRefusedBeforeAnythingIsStored) {  // [storage-13]
    const Folder folder;
    auto journal = opened(folder.options());
    const auto refused = [&](std::vector<Spend> spends) {
        const std::vector<NewEntry> group{sale("x"), redemption("a", std::move(spends))};
        return journal->commit(group, {}).error().code;
    };
    EXPECT_EQ(refused({take("", 1, 2)}), ErrorCode::kInvalid);
    EXPECT_EQ(refused({take("p", -1, 2)}), ErrorCode::kInvalid);
    EXPECT_EQ(refused({take("p", 1, -2)}), ErrorCode::kInvalid);
    EXPECT_EQ(refused({take(std::string(kPotNameBytesMax + 1, 'p'), 1, 2)}), ErrorCode::kLimit);
    EXPECT_EQ(refused(std::vector(kSpendsMax + 1, take("p", 1, 200))), ErrorCode::kLimit);
    EXPECT_EQ(reading(folder.options())->bounds()->last, 0);
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(put(*journal, redemption("b", {take("p", kMost, kMost)})).acceptance, Acceptance::kAccepted);
    EXPECT_EQ(put(*journal, redemption("c", {take("p", kMost, kMost)})).acceptance, Acceptance::kOverspent);
    EXPECT_EQ(put(*journal, redemption("d", {take("p", 0, 1)})).acceptance, Acceptance::kOverspent);
}

TEST(Pots, GoWithTheLastEntryThatDrewOnThem) {  // [storage-13]
    const Folder folder;
    auto journal = opened(folder.options());
    put(*journal, redemption("a", {take("old", 1, 9), take("used on", 1, 9)}));
    put(*journal, redemption("b", {take("used on", 1, 9)}));
    put(*journal, sale("c"));
    const Retention all{.keep = {}, .now = at_hour(99)};
    ASSERT_EQ(journal->prune(all, 1).value(), 1);
    EXPECT_THAT(spent(folder.options(), {"old", "used on"}), ElementsAre(0, 2));
    ASSERT_EQ(journal->prune(all, 99).value(), 1);
    EXPECT_EQ(ask(folder.database(), "SELECT count(*) FROM pots"), "0");
}

TEST(Pots, AFailedGroupThatIsHandedOverAgainSpendsOnce) {  // [storage-13] [storage-8]
    for (int failing = 1; failing <= 4; ++failing) {
        FaultyDisk disk;
        const Folder folder;
        const JournalOptions options = folder.options("", FaultyDisk::vfs());
        auto journal = opened(options);
        put(*journal, redemption("a", {take("p", 30, 100)}));
        (failing % 2 == 0 ? disk.fail_write_in : disk.fail_sync_in) = (failing + 1) / 2;
        const std::vector<NewEntry> group{redemption("b", {take("p", 60, 100)}), redemption("c", {take("p", 60, 100)})};
        const auto first = journal->commit(group, {});
        if (!first) {
            ASSERT_TRUE(journal->recover());
        }
        disk.fail_write_in = disk.fail_sync_in = 0;
        const auto receipts = first ? first : journal->commit(group, {});
        EXPECT_EQ((*receipts)[0].acceptance, Acceptance::kAccepted);
        EXPECT_EQ((*receipts)[1].acceptance, Acceptance::kOverspent);
        EXPECT_THAT(spent(options, {"p"}), ElementsAre(90));
    }
}

TEST(Pots, RandomSpendsAgreeWithAModel) {  // [storage-13]
    const Folder folder;
    auto journal = opened(folder.options());
    fakes::SeededRandom random(7);
    std::map<std::string, std::int64_t> model;
    std::map<std::string, bool> stored;
    for (int round = 0; round < 60; ++round) {
        std::vector<NewEntry> group;
        std::vector<Acceptance> expected;
        for (auto n = random.below(6) + 1; n > 0; --n) {
            const std::string id = "r" + std::to_string(random.below(200));
            const std::string pot = "p" + std::to_string(random.below(4));
            const auto amount = static_cast<std::int64_t>(sha256(id)[0]);  // one content for each id
            group.push_back(redemption(id, {take(pot, amount, 2000), take("all", amount, 5000)}));
            const bool fits = model[pot] + amount <= 2000 && model["all"] + amount <= 5000;
            expected.push_back(stored[id] ? Acceptance::kDuplicate
                               : fits     ? Acceptance::kAccepted
                                          : Acceptance::kOverspent);
            if (stored[id] || !fits) continue;
            stored[id] = true;
            model[pot] += amount;
            model["all"] += amount;
        }
        const auto receipts = journal->commit(group, {}).value();
        for (std::size_t i = 0; i < group.size(); ++i) ASSERT_EQ(receipts[i].acceptance, expected[i]) << round;
    }
    for (const auto& [pot, given] : model) EXPECT_THAT(spent(folder.options(), {pot}), ElementsAre(given));
}

TEST(Pots, AFileOfTheProgramBeforeThemGetsThemAndThatProgramMayStillOpenIt) {  // [storage-9]
    const Folder folder;
    {
        put(*opened(folder.options()), sale(uuid(1)));
    }
    meddle(folder.database(),
           "DROP TABLE pots; DROP INDEX entries_by_reference; DROP INDEX entries_own; DROP TABLE documents;"
           "ALTER TABLE entries DROP COLUMN traceparent; PRAGMA user_version = 2");
    auto journal = opened(folder.options());
    EXPECT_EQ(put(*journal, redemption("a", {take("p", 60, 100)})).acceptance, Acceptance::kAccepted);
    EXPECT_EQ(ask(folder.database(), "SELECT value FROM meta WHERE key = 'compatible_version'"), "1");
}

TEST(Pots, ADamagedPotGivesNothingMoreAndSellingGoesOn) {  // [storage-13] [storage-8]
    const Folder folder;
    {
        put(*opened(folder.options()), redemption("a", {take("p", 60, 100)}));
    }
    meddle(folder.database(), "PRAGMA wal_checkpoint(TRUNCATE)");
    const auto page = std::stoll(ask(folder.database(), "SELECT rootpage FROM sqlite_schema WHERE name = 'pots'"));
    {
        std::fstream file(folder.database(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>((page - 1) * 2048));
        file << std::string(2048, 'x');
    }
    auto journal = opened(folder.options());
    const std::vector<NewEntry> group{redemption("b", {take("p", 1, 100)}), sale("c")};
    ASSERT_EQ(journal->commit(group, {}).error().code, ErrorCode::kCorrupt);  // and the writer recovers
    ASSERT_TRUE(journal->recover());
    const auto receipts = journal->commit(group, {}).value();
    EXPECT_EQ(receipts[0].acceptance, Acceptance::kOverspent);
    EXPECT_EQ(receipts[1].acceptance, Acceptance::kAccepted);
    const std::vector<std::string> pots{"p"};
    EXPECT_EQ(reading(folder.options())->pots(pots).error().code, ErrorCode::kCorrupt);
    const auto pruned = journal->prune({.keep = {}, .now = at_hour(99)}, 9);
    ASSERT_TRUE(pruned) << pruned.error().message;
    EXPECT_EQ(*pruned, 1);
}

TEST(Referring, WhatDestinationsSeeOfAnEntrysReturns) {  // [storage-13]
    const Folder folder;
    auto journal = opened(folder.options());
    put(*journal, sale(uuid(1)));
    for (std::uint64_t n = 2; n <= 4; ++n) {
        NewEntry entry = n == 3 ? quarantined(uuid(n)) : sale(uuid(n));
        entry.refers_to = uuid(1);
        put(*journal, entry);
    }
    NewEntry plain = sale("plain");
    plain.refers_to = "0042-1";
    put(*journal, plain);
    auto reader = reading(folder.options());
    const auto found = reader->referring_to(uuid(1), 9).value();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].number, 2);
    EXPECT_EQ(found[1].number, 4);
    EXPECT_EQ(reader->referring_to(uuid(1), 1)->size(), 1U);
    EXPECT_EQ(reader->referring_to("0042-1", 9)->front().transaction_id, "plain");
    EXPECT_TRUE(reader->referring_to("", 9)->empty()) << "what refers to nothing is not asked for";
    EXPECT_TRUE(reader->referring_to(uuid(7), 9)->empty());
}

TEST(OwnEntries, AreListedAlone_AlsoInAFileOfTheProgramBeforeThem) {  // [storage-9]
    const Folder folder;
    {
        auto journal = opened(folder.options());
        for (std::uint64_t n = 1; n <= 6; ++n) {
            NewEntry entry = n == 4 ? quarantined(uuid(n)) : sale(uuid(n));
            entry.type = n % 2 == 0 ? kReconciliation : n == 5 ? kOutage : "sale";
            put(*journal, entry);
        }
    }
    meddle(folder.database(),
           "DROP INDEX entries_own; DROP TABLE documents;"
           "ALTER TABLE entries DROP COLUMN traceparent; PRAGMA user_version = 3");
    auto journal = opened(folder.options());
    auto reader = reading(folder.options());
    const auto found = reader->own_entries(kReconciliation, 0, 9).value();
    ASSERT_EQ(found.size(), 2U) << "a till's own is quarantined and none";
    EXPECT_EQ(found[0].number, 2);
    EXPECT_EQ(found[1].number, 6);
    EXPECT_EQ(reader->own_entries(kReconciliation, 2, 9)->size(), 1U);
    EXPECT_EQ(reader->own_entries(kReconciliation, 0, 1)->size(), 1U);
    EXPECT_EQ(reader->newest_own_entries(kReconciliation, 1)->front().number, 6);
    EXPECT_EQ(reader->own_count(kReconciliation).value(), 2);
    EXPECT_EQ(reader->own_entries(kOutage, 0, 9)->front().number, 5);
    EXPECT_EQ(reader->store_notes_after(4).value(), 1) << "a reconciliation is about a sale";
    EXPECT_EQ(reader->store_notes_after(5).value(), 0);
    EXPECT_TRUE(reader->own_entries("sale", 0, 9)->empty()) << "not one of the box's own";
}

}  // namespace
}  // namespace tillkeeper::storage
