// Disks that fail and disks that are full. [storage-1] [storage-8]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/storage/faulty_disk.h"
#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

class Faults : public testing::Test {
  protected:
    [[nodiscard]] JournalOptions options() const { return folder_.options("", FaultyDisk::vfs()); }
    [[nodiscard]] ErrorCode failure(Journal& journal, const NewEntry& entry) {
        auto receipts = journal.commit({&entry, 1}, {});
        return receipts ? ErrorCode::kInternal : receipts.error().code;
    }
    FaultyDisk disk_;
    Folder folder_;
};

class FailedSync : public Faults, public testing::WithParamInterface<bool> {};

// With a reader the log's index lives on and forgets the failed group; without one it is read back from the log.
TEST_P(FailedSync, PromisesNothingAndIsSafeToHandOverAgain) {  // [storage-1] [storage-8]
    auto journal = opened(options());
    put(*journal, sale(uuid(1)));
    std::unique_ptr<JournalReader> reader;
    if (GetParam()) reader = reading(options());
    if (reader) {
        ASSERT_EQ(reader->bounds()->last, 1);
    }

    disk_.fail_sync_in = 1;
    const std::vector<NewEntry> group{sale(uuid(2)), quarantined(uuid(3)), sale(uuid(2))};
    EXPECT_EQ(journal->commit(group, {}).error().code, ErrorCode::kIo);
    EXPECT_EQ(failure(*journal, sale(uuid(4))), ErrorCode::kIo);  // nothing before recover()
    EXPECT_EQ(journal->checkpoint().error().code, ErrorCode::kIo);
    ASSERT_TRUE(journal->recover());

    const auto receipts = journal->commit(group, {}).value();
    EXPECT_EQ(receipts[0].acceptance, Acceptance::kAccepted);  // nobody was told before: it is no duplicate
    EXPECT_EQ(receipts[1].acceptance, Acceptance::kQuarantined);
    EXPECT_EQ(receipts[2].acceptance, Acceptance::kDuplicate);
    EXPECT_EQ(receipts[2].number, receipts[0].number);
    EXPECT_EQ(put(*journal, sale(uuid(2))).acceptance, Acceptance::kDuplicate);
    EXPECT_EQ(put(*journal, sale(uuid(4))).number, 4);
    reader = reading(options());
    EXPECT_EQ(reader->bounds()->last, 4);
    EXPECT_EQ(reader->verify({})->first_bad, 0);
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutReader, FailedSync, testing::Bool());

TEST_F(Faults, RecoverSucceedsOnlyWhenTheDiskDoes) {  // [storage-8]
    auto journal = opened(options());
    disk_.lasting = true;
    disk_.fail_sync_in = 1;
    EXPECT_EQ(failure(*journal, sale(uuid(1))), ErrorCode::kIo);
    EXPECT_EQ(journal->recover().error().code, ErrorCode::kIo);
    EXPECT_EQ(failure(*journal, sale(uuid(1))), ErrorCode::kIo);
    disk_.fail_sync_in = 0;
    ASSERT_TRUE(journal->recover());
    EXPECT_EQ(put(*journal, sale(uuid(1))).acceptance, Acceptance::kAccepted);
}

TEST_F(Faults, AtEveryWriteAndEverySyncNothingAcceptedIsLost) {  // [storage-1] [storage-3]
    for (const bool at_sync : {false, true}) {
        for (int step = 1; step <= 16; ++step) {
            const Folder folder;
            auto journal = opened(folder.options("", FaultyDisk::vfs()));
            (at_sync ? disk_.fail_sync_in : disk_.fail_write_in) = step;
            std::vector<JournalNumber> numbers;
            for (std::uint64_t n = 1; n <= 6; ++n) {
                const NewEntry entry = n == 3 ? quarantined(uuid(n)) : sale(uuid(n));
                auto receipts = journal->commit({&entry, 1}, {});
                if (!receipts) {
                    ASSERT_TRUE(journal->recover());
                    receipts = journal->commit({&entry, 1}, {});
                }
                ASSERT_TRUE(receipts);
                EXPECT_NE(receipts->front().acceptance, Acceptance::kDuplicate);
                EXPECT_EQ(receipts->front().number, static_cast<JournalNumber>(n));
                const bool moved = n != 4 || journal->checkpoint().has_value();
                ASSERT_TRUE(moved || journal->recover());
            }
            disk_.fail_sync_in = disk_.fail_write_in = 0;
            const auto report = reading(folder.options())->verify({});
            EXPECT_EQ(report->entries, 6) << (at_sync ? "sync " : "write ") << step;
            EXPECT_EQ(report->first_bad, 0);
        }
    }
}

TEST_F(Faults, AFullDiskRefusesSalesAndStillMarksDeliveries) {  // [storage-2] [storage-8]
    auto journal = opened(options());
    put(*journal, sale(uuid(1)));
    const std::string ballast = folder_.path() + "/ballast";
    ASSERT_TRUE(std::filesystem::exists(ballast));
    disk_.folder = folder_.path();
    std::uint64_t used = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path())) used += file.file_size();
    disk_.bytes_max = used + 20'000;
    // The room made for the log is used up first; then the log cannot grow.
    std::uint64_t n = 2;
    NewEntry large = sale(uuid(n));
    const auto grow = [&] {
        large = sale(uuid(n), std::string());
        for (std::uint64_t i = 0; i < 6000; ++i)
            large.body += to_hex(sha256(std::to_string(n * 7000 + i))).substr(0, 9);
        return journal->commit({&large, 1}, {});
    };
    auto receipts = grow();
    for (; receipts && n < 500; receipts = grow()) ++n;
    ASSERT_FALSE(receipts);
    EXPECT_EQ(receipts.error().code, ErrorCode::kStorageFull);
    EXPECT_FALSE(std::filesystem::exists(ballast));
    report(*journal, {.destination = "erp", .hold = {}, .delivered = {}, .cursor = 1});  // fits into the ballast's room
    auto reader = reading(options());
    EXPECT_EQ(reader->cursors()->front().number, 1);
    const auto stored = reader->bounds()->last;
    disk_.bytes_max = ~0ULL;  // somebody made room
    EXPECT_TRUE(journal->restore_ballast());
    EXPECT_TRUE(std::filesystem::exists(ballast));
    receipts = grow();
    ASSERT_TRUE(receipts);
    EXPECT_EQ(receipts->front().number, stored + 1);
    EXPECT_EQ(reader->verify({})->first_bad, 0);
}

TEST_F(Faults, OpensOnAFullDiskAndSaysSo) {  // [storage-8]
    const std::vector<std::string> names{"erp"};
    {
        auto journal = opened(options());
        ASSERT_TRUE(journal->register_destinations(names));
        std::vector<NewEntry> entries;
        for (std::uint64_t n = 1; n <= 50; ++n) entries.push_back(sale(uuid(n), std::string(3000, 'x') + uuid(n)));
        ASSERT_TRUE(journal->commit(entries, {}));
        disk_.folder = folder_.path();
        disk_.bytes_max = 1;  // nothing may grow, not even the database by what stands in the log
    }
    auto journal = Journal::open(options());
    ASSERT_TRUE(journal) << journal.error().message;
    EXPECT_TRUE((*journal)->register_destinations(names)) << "the daemon must start";
    EXPECT_EQ(failure(**journal, sale(uuid(60))), ErrorCode::kStorageFull);
    EXPECT_EQ(reading(options())->bounds()->last, 50);
    disk_.bytes_max = ~0ULL;
    EXPECT_EQ(put(**journal, sale(uuid(60))).number, 51);
}

TEST_F(Faults, TheTimeToOpenDoesNotDependOnTheBacklog) {
    const auto reads_to_open = [&](std::uint64_t count) {
        const Folder folder;
        auto journal = opened(folder.options("", FaultyDisk::vfs()));
        const std::vector<std::string> names{"erp"};
        EXPECT_TRUE(journal->register_destinations(names));
        std::vector<NewEntry> entries;
        for (std::uint64_t n = 1; n <= count; ++n) entries.push_back(sale(uuid(n)));
        EXPECT_TRUE(journal->commit(entries, {}));
        EXPECT_TRUE(journal->checkpoint());
        put(*journal, sale(uuid(count + 1)));  // the log starts anew: it is bounded, whatever the backlog
        journal.reset();
        disk_.reads = 0;
        journal = opened(folder.options("", FaultyDisk::vfs()));
        auto reader = reading(folder.options("", FaultyDisk::vfs()));
        EXPECT_EQ(reader->bounds()->last, static_cast<JournalNumber>(count + 1));
        return disk_.reads;
    };
    const auto little = reads_to_open(10);
    const auto much = reads_to_open(5000);
    EXPECT_LT(much, little + 20);  // the trees are a level deeper; the many pages are not read
}

}  // namespace
}  // namespace tillkeeper::storage
