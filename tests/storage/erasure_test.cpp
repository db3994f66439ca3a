// After an erasure nothing of the person is left in any file, and the chain still proves everything. [storage-10]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "storage/body_codec.h"
#include "storage/erasure.h"
#include "storage/sqlite.h"
#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

using ::testing::HasSubstr;

const std::string kKey(32, 'k');
const std::string kPerson = "\"member_id\":\"17850\"";
const std::string kName = "Quetzalcoatl Featherstonehaugh";

// Of letters that cannot be compressed away: each window of it is found in the file if it is there at all.
std::string noise(std::uint64_t seed, std::size_t bytes) {
    std::mt19937_64 random(seed);
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>('!' + random() % 90);
    std::erase_if(text, [](char c) { return c == '"' || c == '\\'; });
    return text;
}

NewEntry sale_of(const std::string& person, std::uint64_t n, std::size_t noise_bytes) {
    NewEntry entry = sale(uuid(n));
    const std::string name = person == kPerson ? kName : noise(n + 1000, 30);
    entry.body = R"({"id":")" + uuid(n) + "\"," + person + R"(,"name":")" + name + R"(","note":")" +
                 noise(n, noise_bytes) + R"(","total":1530})";
    return entry;
}

NewEntry referring(std::uint64_t n, const std::string& person, const std::string& to) {
    NewEntry entry = sale_of(person, n, 90);
    entry.refers_to = to;
    return entry;
}

// The real one is the contract's business: agent/contract/redaction.h.
ErasureOrder order() {
    ErasureOrder order;
    order.concerns = [](std::string_view body) { return body.find(kPerson) != std::string_view::npos; };
    order.redact = [](std::string_view body) {
        return R"({"left":)" + std::to_string(body.size()) + R"(,"total":1530})";
    };
    order.names_somebody = [](std::string_view body) { return body.find("member_id") != std::string_view::npos; };
    order.plainly = [](const NewEntry& entry) { return entry.receipt == "17850"; };
    order.who = "anna";
    order.why = "she asked for it";
    order.arrival = {at_hour(2), MonotonicTime(Duration(9)), "boot-1", true};
    return order;
}

void put_all(Journal& journal, const std::vector<NewEntry>& entries) {
    const auto receipts = journal.commit(entries, {});
    if (!receipts) throw std::runtime_error(receipts.error().message);
}

// Sales 1 to `count` of the person.
std::vector<NewEntry> sales_of_person(std::uint64_t count, std::size_t noise_bytes) {
    std::vector<NewEntry> sales;
    for (std::uint64_t n = 1; n <= count; ++n) sales.push_back(sale_of(kPerson, n, noise_bytes));
    return sales;
}

std::vector<JournalNumber> erase(Journal& journal) {
    Erasure erasure(order());
    while (true) {
        const auto more = journal.slice(erasure);
        if (!more) throw std::runtime_error(more.error().message);
        if (!*more) return erasure.erased();
    }
}

std::string all_bytes(const std::string& folder) {
    std::string bytes;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
        std::ifstream in(file.path(), std::ios::binary);
        bytes.append(std::istreambuf_iterator<char>(in), {});
    }
    return bytes;
}

// How many of these pieces of a person's data are in any file.
int found(const Folder& folder, const std::vector<std::string>& pieces) {
    const std::string bytes = all_bytes(folder.path());
    int count = 0;
    for (const auto& piece : pieces) count += bytes.find(piece) != std::string::npos ? 1 : 0;
    return count;
}

// Windows of what is stored now for these entries: compressed or sealed, as it lies in the file. Not of its ends: there
// compressed bodies resemble one another.
std::vector<std::string> stored_pieces(const Folder& folder, const std::string& where) {
    auto connection = Connection::open(folder.database(), Connection::Mode::kRead, "").value();
    auto rows = connection.prepare("SELECT body FROM entries WHERE " + where).value();
    std::vector<std::string> pieces;
    while (rows.step().value()) {
        const std::string body(rows.bytes(0));
        for (std::size_t at = 90; at + 64 <= body.size(); at += 300) pieces.push_back(body.substr(at, 24));
    }
    return pieces;
}

class ErasureTest : public ::testing::TestWithParam<std::string> {
  protected:
    JournalOptions options() const { return folder_.options(GetParam()); }
    Verification verified() const { return reading(options())->verify({}).value(); }

    const Folder folder_;
};

TEST_P(ErasureTest, LeavesNothingInAnyFile) {
    auto journal = opened(options());
    for (std::uint64_t n = 1; n <= 300; ++n)
        put(*journal, sale_of(n % 3 == 0 ? kPerson : R"("member_id":"2")", n, n % 7 == 0 ? 9000 : 60 + n));
    // Rows move from page to page when their neighbours go: copies stay where they were.
    const Retention retention{.keep = std::chrono::hours(1), .now = at_hour(9), .since_boot = {}};
    const auto pieces = stored_pieces(folder_, "number % 3 = 0 AND number > 150");
    for (int slice = 0; slice < 10; ++slice) ASSERT_EQ(journal->prune(retention, 10).value(), 10);
    ASSERT_TRUE(journal->checkpoint());
    auto gone = stored_pieces(folder_, "number % 3 = 0 AND number <= 150");
    for (int slice = 0; slice < 5; ++slice) ASSERT_EQ(journal->prune(retention, 10).value(), 10);
    ASSERT_TRUE(journal->checkpoint());
    gone.insert(gone.end(), pieces.begin(), pieces.end());
    ASSERT_GT(found(folder_, gone), 100);

    EXPECT_EQ(erase(*journal).size(), 50U);
    EXPECT_EQ(found(folder_, gone), 0);
    EXPECT_EQ(verified().first_bad, 0) << verified().problem;
    EXPECT_EQ(ask(folder_.database(), "PRAGMA integrity_check"), "ok");
    EXPECT_EQ(ask(folder_.database(), "SELECT count(*) FROM meta WHERE key = 'scrub_due'"), "0");
}

TEST_P(ErasureTest, KeepsTheEntryItsDigestAndItsNumber) {
    auto journal = opened(options());
    const auto entry = sale_of(kPerson, 1, 100);
    const auto first = put(*journal, entry);
    const auto other = put(*journal, sale_of(R"("member_id":"2")", 2, 100));
    EXPECT_EQ(erase(*journal), std::vector<JournalNumber>{1});

    const auto reader = reading(options());
    const auto erased = reader->entry(first.number).value().value();
    EXPECT_TRUE(erased.erased);
    EXPECT_EQ(erased.hash, first.hash);
    EXPECT_EQ(erased.body_digest, sha256(entry.body));
    EXPECT_EQ(erased.body, order().redact(entry.body));
    EXPECT_EQ(erased.receipt, entry.receipt);
    EXPECT_FALSE(reader->entry(other.number).value()->erased);
    // A till that has not heard of it hands it over again: nothing of it comes back.
    const auto again = put(*journal, entry);
    EXPECT_EQ(again.acceptance, Acceptance::kDuplicate);
    EXPECT_EQ(again.number, first.number);
}

TEST_P(ErasureTest, IsWrittenIntoTheChainWithoutThePerson) {
    auto journal = opened(options());
    put(*journal, sale_of(kPerson, 1, 100));
    ASSERT_EQ(erase(*journal).size(), 1U);
    const auto action = reading(options())->entry(2).value().value();
    EXPECT_EQ(action.kind, EntryKind::kAction);
    EXPECT_EQ(action.problems, R"({"decision":"erase","who":"anna","why":"she asked for it"})");
    EXPECT_EQ(action.body.find("17850"), std::string::npos);
    EXPECT_EQ(erased_entries(action).size(), 1U);
}

TEST_P(ErasureTest, FollowsRepairsBothWaysAndClearsReasons) {
    auto journal = opened(options());
    put(*journal, sale_of(R"("member_id":"1785O")", 1, 90));  // mistyped, repaired below
    auto held = held_at("erp", 1);
    held.reason = "no customer " + kName;
    report(*journal, {.destination = "erp", .hold = {held}, .delivered = {}, .cursor = 1});
    const auto repaired = sale_of(kPerson, 1, 80);
    ASSERT_TRUE(journal->decide(decision(Decision::Kind::kRepair, "erp", 1, repaired.body)));
    const auto pieces = stored_pieces(folder_, "number IN (1, 2)");
    EXPECT_EQ(erase(*journal), (std::vector<JournalNumber>{1, 2}));
    EXPECT_EQ(found(folder_, pieces), 0);
    EXPECT_EQ(found(folder_, {kName}), 0);
    EXPECT_EQ(reading(options())->held("erp", 0, 9).value().front().reason, "erased");
    EXPECT_EQ(verified().first_bad, 0);
}

TEST_P(ErasureTest, FollowsReturnsThatNameNobody) {
    auto journal = opened(options());
    const std::string nobody = R"("member":null)";
    put(*journal, sale_of(kPerson, 1, 90));
    put(*journal, referring(2, nobody, uuid(1)));
    put(*journal, referring(3, nobody, uuid(2)));                // the void of that return
    put(*journal, referring(4, R"("member_id":"2")", uuid(1)));  // another person's data stay
    put(*journal, referring(5, nobody, uuid(4)));
    put(*journal, referring(6, nobody, uuid(99)));
    put(*journal, referring(7, nobody, "no such sale"));
    const auto pieces = stored_pieces(folder_, "number <= 3");
    EXPECT_EQ(erase(*journal), (std::vector<JournalNumber>{2, 3, 1})) << "what leads to the others comes last";
    EXPECT_EQ(found(folder_, pieces), 0);
    EXPECT_EQ(verified().first_bad, 0);
    EXPECT_FALSE(reading(options())->entry(4).value()->erased);
}

// A return that came before the repair that tells whose sale it was.
TEST_P(ErasureTest, FollowsReturnsOfWhatARepairConnects) {
    auto journal = opened(options());
    put(*journal, sale_of(R"("member_id":"1785O")", 1, 90));
    put(*journal, referring(2, R"("member":null)", uuid(1)));
    report(*journal, {.destination = "erp", .hold = {held_at("erp", 1)}, .delivered = {}, .cursor = 1});
    ASSERT_TRUE(journal->decide(decision(Decision::Kind::kRepair, "erp", 1, sale_of(kPerson, 1, 80).body)));
    EXPECT_EQ(erase(*journal), (std::vector<JournalNumber>{1, 2, 3}));
}

// The first of a chain of returns is erased already: it still leads to the last.
TEST_P(ErasureTest, AnErasedReturnStillConnects) {
    auto journal = opened(options());
    const std::string nobody = R"("member":null)";
    put(*journal, sale_of(kPerson, 1, 90));
    for (std::uint64_t n = 2; n <= 150; ++n) put(*journal, referring(n, nobody, uuid(n - 1)));
    {
        Erasure erasure(order());
        for (int slice = 0; slice < 3; ++slice) ASSERT_TRUE(journal->slice(erasure).value());
        ASSERT_EQ(erasure.erased().size(), 64U);
        ASSERT_TRUE(reading(options())->entry(2).value()->erased);
    }
    EXPECT_EQ(erase(*journal).size(), 86U);
}

TEST_P(ErasureTest, CountsWhatTheChainKeepsAsText) {
    auto journal = opened(options());
    for (std::uint64_t n = 1; n <= 3; ++n) {
        auto entry = sale_of(n == 1 ? kPerson : R"("member_id":"2")", n, 50);
        if (n != 3) entry.receipt = "17850";
        put(*journal, entry);
    }
    Erasure erasure(order());
    while (journal->slice(erasure).value()) {
    }
    EXPECT_EQ(erasure.erased(), std::vector<JournalNumber>{1});
    EXPECT_EQ(erasure.plain(), 2);
}

TEST_P(ErasureTest, MayBeGivenAgain) {
    auto journal = opened(options());
    put_all(*journal, sales_of_person(5, 50));
    EXPECT_EQ(erase(*journal).size(), 5U);
    EXPECT_TRUE(erase(*journal).empty());
    EXPECT_EQ(verified().entries, 6);
}

// The process dies after any slice: what is done stays, and the same order does the rest.
TEST_P(ErasureTest, GoesOnAfterADeathAtAnySlice) {
    for (int slices = 1;; ++slices) {
        const Folder folder;
        const auto here = folder.options(GetParam());
        auto journal = opened(here);
        put_all(*journal, sales_of_person(150, 50));
        const auto pieces = stored_pieces(folder, "1");
        bool more = true;
        {
            Erasure erasure(order());
            for (int slice = 0; slice < slices && more; ++slice) more = journal->slice(erasure).value();
        }
        journal.reset();
        journal = opened(here);
        EXPECT_EQ(reading(here)->verify({}).value().first_bad, 0) << slices;
        erase(*journal);
        EXPECT_EQ(found(folder, pieces), 0) << slices;
        EXPECT_EQ(reading(here)->verify({}).value().first_bad, 0) << slices;
        if (!more) break;
    }
}

// What was due at a death is done at the next start.
TEST_P(ErasureTest, OverwritesAtTheNextStart) {
    std::vector<std::string> pieces;
    {
        auto journal = opened(options());
        put_all(*journal, sales_of_person(20, 3000));
        pieces = stored_pieces(folder_, "number <= 10");
        const Retention retention{.keep = std::chrono::hours(1), .now = at_hour(9), .since_boot = {}};
        ASSERT_EQ(journal->prune(retention, 10).value(), 10);
        Erasure erasure(order());
        for (int slice = 0; slice < 3; ++slice) ASSERT_TRUE(journal->slice(erasure).value());
    }
    auto journal = opened(options());
    ASSERT_EQ(ask(folder_.database(), "SELECT value FROM meta WHERE key = 'scrub_due'"), "1");
    ASSERT_GT(found(folder_, pieces), 0);
    Scrubbing scrubbing;
    while (journal->slice(scrubbing).value()) {
    }
    EXPECT_EQ(found(folder_, pieces), 0);
}

TEST_P(ErasureTest, SellingGoesOnBetweenTwoSlices) {
    auto journal = opened(options());
    std::uint64_t n = 0;
    for (n = 1; n <= 400; ++n) put(*journal, sale_of(n % 2 == 1 ? kPerson : R"("member_id":"2")", n, 400));
    const auto pieces = stored_pieces(folder_, "number % 2 = 1");
    Erasure erasure(order());
    while (journal->slice(erasure).value()) put(*journal, sale_of(R"("member_id":"2")", n++, 400));
    EXPECT_EQ(erasure.erased().size(), 200U);
    EXPECT_EQ(found(folder_, pieces), 0);
    EXPECT_EQ(verified().first_bad, 0) << verified().problem;
}

// Somebody who replaces a body in the form of an erasure is found out.
TEST_P(ErasureTest, OneThatNobodyDecidedIsDamage) {
    Entry entry;
    {
        auto journal = opened(options());
        put(*journal, sale_of(kPerson, 1, 100));
        entry = reading(options())->entry(1).value().value();
    }
    BodyCodec codec(GetParam());
    const auto forged = codec.encode_erased(R"({"total":1})", entry.body_digest, entry.hash).value();
    {
        auto connection = Connection::open(folder_.database(), Connection::Mode::kWrite, "").value();
        auto update = connection.prepare("UPDATE entries SET body = ?1").value();
        ASSERT_TRUE(update.bind_blob(1, forged).run());
    }
    EXPECT_EQ(verified().first_bad, 1);
    EXPECT_THAT(verified().problem, HasSubstr("no erasure says so"));
}

TEST_P(ErasureTest, WhatIsLeftCannotBeChangedEither) {
    {
        auto journal = opened(options());
        put(*journal, sale_of(kPerson, 1, 100));
        ASSERT_EQ(erase(*journal).size(), 1U);
    }
    const auto entry = reading(options())->entry(1).value().value();
    BodyCodec codec(GetParam());
    const auto forged = codec.encode_erased(R"({"total":1})", entry.body_digest, entry.hash).value();
    {
        auto connection = Connection::open(folder_.database(), Connection::Mode::kWrite, "").value();
        auto update = connection.prepare("UPDATE entries SET body = ?1 WHERE number = 1").value();
        ASSERT_TRUE(update.bind_blob(1, forged).run());
    }
    EXPECT_EQ(verified().first_bad, 1);
}

// A bit of it rots: it is named damaged, never handed out.
TEST_P(ErasureTest, DamageOfWhatIsLeftShows) {
    {
        auto journal = opened(options());
        put(*journal, sale_of(kPerson, 1, 100));
        ASSERT_EQ(erase(*journal).size(), 1U);
    }
    const auto length = std::stoul(ask(folder_.database(), "SELECT length(body) FROM entries WHERE number = 1"));
    for (std::size_t at = 1; at <= length; ++at) {
        Folder copy;
        std::filesystem::copy(
            folder_.path(), copy.path(),
            std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
        meddle(copy.database(), "UPDATE entries SET body = CAST(substr(body, 1, " + std::to_string(at - 1) +
                                    ") || CASE WHEN substr(body, " + std::to_string(at) +
                                    ", 1) = x'5a' THEN x'5b' ELSE x'5a' END || substr(body, " + std::to_string(at + 1) +
                                    ") AS BLOB) WHERE number = 1");
        const auto reader = reading(copy.options(GetParam()));
        EXPECT_FALSE(reader->entry(1).value()->damaged.empty() && reader->verify({}).value().first_bad == 0) << at;
    }
}

INSTANTIATE_TEST_SUITE_P(PlainAndSealed, ErasureTest, ::testing::Values("", kKey));

}  // namespace
}  // namespace tillkeeper::storage
