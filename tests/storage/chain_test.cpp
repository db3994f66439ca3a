// The chain shows what was changed or removed; pruning keeps it whole. [storage-8]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "storage/hash_chain.h"
#include "tests/fakes/fake_device.h"
#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

Verification verified(const Folder& folder) {
    return reading(folder.options())->verify({}).value();
}

void fill(const Folder& folder, std::uint64_t count) {
    auto journal = opened(folder.options());
    for (std::uint64_t n = 1; n <= count; ++n) put(*journal, sale(uuid(n)));
}

// An implementation of its own, from the README: what somebody else would write to check us.
Digest by_the_readme(const Digest& previous, const Entry& entry) {
    std::string text(previous.begin(), previous.end());
    const auto number = [&text](std::int64_t value, int bytes) {
        for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
    };
    number(1, 1);
    number(static_cast<int>(entry.kind), 1);
    number(entry.arrival.clock_trusted ? 1 : 0, 1);
    number(entry.till_sequence ? 1 : 0, 1);
    number(entry.number, 8);
    number(entry.till_sequence.value_or(0), 8);
    number(entry.repairs, 8);
    number(entry.arrival.arrived_at.time_since_epoch().count(), 8);
    number(entry.arrival.monotonic.time_since_epoch().count(), 8);
    for (const auto& field : {entry.till, entry.transaction_id, entry.type, entry.business_day, entry.occurred_at,
                              entry.refers_to, entry.receipt, entry.problems, entry.arrival.boot_id}) {
        number(static_cast<std::int64_t>(field.size()), 4);
        text += field;
    }
    const Digest body = sha256(entry.body);
    text.append(body.begin(), body.end());
    return sha256(text);
}

TEST(Chain, IsWhatTheReadmeSays) {
    const Folder folder;
    fill(folder, 3);
    const auto entries = reading(folder.options())->read_after(0, {}).value();
    Digest previous{};
    for (const auto& entry : entries) {
        EXPECT_EQ(entry.hash, by_the_readme(previous, entry));
        previous = entry.hash;
    }
    EXPECT_EQ(verified(folder).head, previous);
}

TEST(Chain, IsWholeAcrossSlicesAndTellsProgress) {
    const Folder folder;
    {
        auto journal = opened(folder.options());
        std::vector<NewEntry> entries;
        for (std::uint64_t n = 1; n <= 600; ++n) entries.push_back(sale(uuid(n)));
        ASSERT_TRUE(journal->commit(entries, {}));
    }
    std::vector<std::int64_t> done;
    auto report = reading(folder.options())->verify([&](std::int64_t now, std::int64_t total) {
        done.push_back(now);
        EXPECT_EQ(total, 600);
    });
    ASSERT_TRUE(report);
    EXPECT_EQ(report->entries, 600);
    EXPECT_EQ(report->first_bad, 0);
    EXPECT_EQ(done.back(), 600);
    EXPECT_GT(done.size(), 2U);
}

struct Damage {
    const char* name;
    const char* sql;
    JournalNumber first_bad;
};

class Damaged : public testing::TestWithParam<Damage> {};

TEST_P(Damaged, Shows) {  // [storage-8]
    const Folder folder;
    fill(folder, 6);
    {
        auto journal = opened(folder.options());
        Progress progress;
        progress.destination = "erp";
        progress.cursor = 6;
        report(*journal, progress);
    }
    ASSERT_EQ(verified(folder).first_bad, 0);
    meddle(folder.database(), GetParam().sql);
    const Verification report = verified(folder);
    EXPECT_EQ(report.first_bad, GetParam().first_bad) << report.problem;
    EXPECT_FALSE(report.problem.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Grid, Damaged,
    testing::Values(
        Damage{"removed_first", "DELETE FROM entries WHERE number = 1", 1},
        Damage{"removed_middle", "DELETE FROM entries WHERE number = 3", 3},
        Damage{"removed_end", "DELETE FROM entries WHERE number = 6", 6},
        Damage{"removed_and_closed_up",
               "DELETE FROM entries WHERE number = 3; UPDATE entries SET number = number - 1 WHERE number > 3", 3},
        Damage{"till", "UPDATE entries SET till = 't2' WHERE number = 4", 4},
        Damage{"sequence", "UPDATE entries SET till_sequence = NULL WHERE number = 4", 4},
        Damage{"arrival", "UPDATE entries SET arrived_at = arrived_at + 1 WHERE number = 2", 2},
        Damage{"trust", "UPDATE entries SET clock_trusted = 0 WHERE number = 2", 2},
        Damage{"problems", "UPDATE entries SET problems = '[]' WHERE number = 2", 2},
        Damage{"kind", "UPDATE entries SET kind = 3 WHERE number = 2", 2},
        Damage{"boot", "UPDATE boots SET boot_id = 'boot-2'", 1},
        Damage{"body_of_another",
               "UPDATE entries SET body = (SELECT body FROM entries WHERE number = 1) WHERE number = 5", 5},
        Damage{"body_cut", "UPDATE entries SET body = substr(body, 1, 20) WHERE number = 5", 5},
        Damage{"hash", "UPDATE entries SET hash = zeroblob(32) WHERE number = 5", 5}),
    [](const auto& grid) { return grid.param.name; });

TEST(Chain, OneBitFlippedInABodyShowsAndIsNeverHandedOut) {  // [storage-8]
    const Folder folder;
    {
        auto journal = opened(folder.options());
        put(*journal, sale(uuid(1)));
        NewEntry plain = sale(uuid(2));
        plain.body = "\x01\xf7\x9aQz{needle}";  // too short to be packed: it stands in the file as it is
        put(*journal, plain);
    }
    {
        const auto reopened = opened(folder.options());
    }  // empties the log: now the database is what is read
    std::fstream file(folder.database(), std::ios::in | std::ios::out | std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), {});
    const auto at = bytes.rfind("{needle}");
    ASSERT_NE(at, std::string::npos);
    file.clear();
    file.seekp(static_cast<std::streamoff>(at) + 3);
    file.put(static_cast<char>(bytes[at + 3] ^ 4));
    file.close();
    EXPECT_EQ(verified(folder).first_bad, 2);
}

std::int64_t pruned(Journal& journal, std::int64_t hours, std::int64_t rows = 100) {
    return journal.prune({.keep = {}, .now = at_hour(hours)}, rows).value();
}

NewEntry sale_at(std::uint64_t n, std::int64_t hour, bool trusted = true) {
    NewEntry entry = sale(uuid(n));
    entry.arrival.arrived_at = at_hour(hour);
    entry.arrival.clock_trusted = trusted;
    return entry;
}

// Twenty years ahead by the wall clock, an hour by the monotonic one.
TEST(Pruning, AWallClockThatJumpsAheadMakesNothingOld) {  // [storage-8]
    const fakes::FakeDevice device;
    const Folder folder;
    auto options = folder.options();
    options.device = &device;
    auto journal = opened(options);
    const auto put_at_boot = [&](std::uint64_t n, const std::string& boot, std::int64_t hour) {
        NewEntry entry = sale_at(n, 1);
        entry.arrival.boot_id = boot;
        entry.arrival.monotonic = MonotonicTime(std::chrono::hours(hour));
        put(*journal, entry);
    };
    put_at_boot(1, "an earlier boot", 9000);
    for (std::uint64_t n = 2; n <= 5; ++n) put_at_boot(n, device.boot_id(), static_cast<std::int64_t>(n));
    const auto old_after = [&](std::int64_t hours) {
        const Duration keep = std::chrono::hours(2000);
        const Retention retention{
            .keep = keep, .now = at_hour(24 * 365 * 20), .since_boot = MonotonicTime(std::chrono::hours(hours) + keep)};
        return journal->prune(retention, 100).value();
    };
    EXPECT_EQ(old_after(-1), 1) << "the first";
    EXPECT_EQ(old_after(-1), 0);
    EXPECT_EQ(old_after(4), 2);
}

TEST(Pruning, WhatArrivedInTheFutureIsAsOldAsTheNext) {  // [storage-8]
    const Folder folder;
    auto journal = opened(folder.options());
    std::uint64_t n = 0;
    for (const std::int64_t hour : {1, 2, 90'000, 90'001, 5, 6, 7}) put(*journal, sale_at(++n, hour));
    EXPECT_EQ(pruned(*journal, 3), 2);
    EXPECT_EQ(pruned(*journal, 5), 0) << "nobody knows yet";
    EXPECT_EQ(pruned(*journal, 6), 3);
}

TEST(Pruning, TakesAPrefixThatEveryCursorPassedAndKeepsTheChain) {
    const Folder folder;
    auto journal = opened(folder.options());
    const std::vector<std::string> names{"erp", "crm"};
    ASSERT_TRUE(journal->register_destinations(names));
    for (std::uint64_t n = 1; n <= 10; ++n) put(*journal, sale_at(n, static_cast<std::int64_t>(n)));
    EXPECT_EQ(pruned(*journal, 100), 0);
    report(*journal, {.destination = "erp", .hold = {}, .delivered = {}, .cursor = 10});
    report(*journal, {.destination = "crm", .hold = {}, .delivered = {}, .cursor = 6});
    EXPECT_EQ(pruned(*journal, 4), 3);
    EXPECT_EQ(pruned(*journal, 100, 2), 2);
    EXPECT_EQ(pruned(*journal, 100), 1);
    EXPECT_EQ(pruned(*journal, 100), 0);
    EXPECT_EQ(reading(folder.options())->bounds()->first, 7);
    const Verification report = verified(folder);
    EXPECT_EQ(report.entries, 4);
    EXPECT_EQ(report.first_bad, 0);
    const std::vector<std::string> newcomer{"oms"};
    ASSERT_TRUE(journal->register_destinations(newcomer));
    std::map<std::string, JournalNumber> cursors;
    const auto all = reading(folder.options())->cursors().value();
    for (const auto& cursor : all) cursors[cursor.destination] = cursor.number;
    EXPECT_EQ(cursors["oms"], 6);
}

TEST(Pruning, WaitsForWhatIsHeldAndKeepsTheNewest) {  // [storage-6]
    const Folder folder;
    auto journal = opened(folder.options());
    for (std::uint64_t n = 1; n <= 5; ++n) put(*journal, sale_at(n, 0));
    report(*journal, {.destination = "erp", .hold = {held_at("erp", 3)}, .delivered = {}, .cursor = 5});
    EXPECT_EQ(pruned(*journal, 100), 2);
    report(*journal, {.destination = "erp", .hold = {}, .delivered = {3}, .cursor = 5});
    EXPECT_EQ(pruned(*journal, 100), 2);  // number 5 stays: it knows the next number and hash
    journal.reset();
    journal = opened(folder.options());
    EXPECT_EQ(put(*journal, sale(uuid(6))).number, 6);
    EXPECT_EQ(verified(folder).first_bad, 0);
}

TEST(Pruning, AWrongClockMakesNothingOld) {  // [storage-8]
    const Folder folder;
    auto journal = opened(folder.options());
    for (std::uint64_t n = 1; n <= 4; ++n) put(*journal, sale_at(n, -400'000, false));
    put(*journal, sale_at(5, 10));
    put(*journal, sale_at(6, 11));
    EXPECT_EQ(pruned(*journal, 9), 0);
    EXPECT_EQ(pruned(*journal, 11, 2), 2);  // number 5 is old, so is all before it
    EXPECT_EQ(pruned(*journal, 11), 3);
}

}  // namespace
}  // namespace tillkeeper::storage
