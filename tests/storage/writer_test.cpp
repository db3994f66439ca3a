// Group commit, answers, full and failing disks, and what happens in quiet moments. [storage-1] [storage-7]
#include "storage/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_loop.h"
#include "tests/storage/faulty_disk.h"
#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

using namespace std::chrono_literals;
using fakes::FakeClock;
using fakes::FakeLoop;

class Writers : public testing::Test {
  protected:
    void SetUp() override {
        journal_ = opened(options());
        make({});
    }
    void make(WriterOptions writer_options) {
        writer_ = Writer::make(*journal_, journal_loop_, clock_, writer_options);
        writer_->on_growth([this](JournalNumber number) { growth_.push_back(number); });
    }
    [[nodiscard]] JournalOptions options() const { return folder_.options("", FaultyDisk::vfs()); }
    void restart() {
        journal_.reset();
        auto options = this->options();
        options.device = &device_;
        journal_ = opened(options);
        make({});
    }
    void offer(const NewEntry& entry, FakeLoop& reply_on) {
        auto taken = writer_->offer(entry, reply_on, [this](Result<Receipt> receipt) { answers_.push_back(receipt); });
        if (!taken) refused_.push_back(taken.error().code);
    }
    void offer(std::uint64_t n) { offer(sale(uuid(n)), till_loop_); }
    void run() {
        journal_loop_.run_until_idle();
        till_loop_.run_until_idle();
    }
    void pass(Duration time) {  // both loops share one clock: the journal's moves it
        journal_loop_.advance(time);
        till_loop_.run_until_idle();
    }
    [[nodiscard]] JournalNumber cursor() {
        const auto cursors = reading(options())->cursors().value();
        return cursors.empty() ? 0 : cursors.front().number;
    }
    [[nodiscard]] static Progress delivered(JournalNumber cursor) {
        return {.destination = "erp", .hold = {}, .delivered = {}, .cursor = cursor};
    }

    FaultyDisk disk_;
    Folder folder_;
    fakes::FakeDevice device_;
    FakeClock clock_;
    FakeLoop journal_loop_{clock_};
    FakeLoop till_loop_{clock_};
    std::unique_ptr<Journal> journal_;
    std::unique_ptr<Writer> writer_;
    std::vector<Result<Receipt>> answers_;
    std::vector<ErrorCode> refused_;
    std::vector<JournalNumber> growth_;
};

TEST_F(Writers, WhatIsWaitingIsWrittenWithOneSyncAndAnsweredAfterIt) {  // [storage-1] [storage-7]
    for (std::uint64_t n = 1; n <= 20; ++n) offer(n);
    till_loop_.run_until_idle();
    EXPECT_TRUE(answers_.empty());
    disk_.syncs = 0;
    journal_loop_.run_until_idle();
    EXPECT_LE(disk_.syncs, 2U);  // the group's, and the log's header after a fresh start
    EXPECT_TRUE(answers_.empty());
    till_loop_.run_until_idle();
    ASSERT_EQ(answers_.size(), 20U);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(answers_[i]->number, static_cast<JournalNumber>(i + 1));
    EXPECT_EQ(growth_, std::vector<JournalNumber>{20});
}

TEST_F(Writers, ALargeQueueIsWrittenInGroupsOfTheLimit) {
    make({.waiting_max = 100, .group_max = 8});
    for (std::uint64_t n = 1; n <= 20; ++n) offer(n);
    run();
    EXPECT_EQ(answers_.size(), 20U);
    EXPECT_EQ(growth_, (std::vector<JournalNumber>{8, 16, 20}));
}

TEST_F(Writers, AFullQueueSaysSoAtOnce) {
    make({.waiting_max = 3});
    for (std::uint64_t n = 1; n <= 5; ++n) offer(n);
    EXPECT_EQ(refused_, (std::vector<ErrorCode>{ErrorCode::kLimit, ErrorCode::kLimit}));
    EXPECT_EQ(writer_->accepting().error().code, ErrorCode::kLimit);
    run();
    EXPECT_EQ(answers_.size(), 3U);
    EXPECT_TRUE(writer_->accepting());
    NewEntry nameless = sale("");
    offer(nameless, till_loop_);
    EXPECT_EQ(refused_.back(), ErrorCode::kInvalid);
}

TEST_F(Writers, ProgressWaitsForASaleToTravelWith) {
    offer(1);
    run();
    writer_->report(delivered(1));
    pass(500ms);
    EXPECT_EQ(cursor(), 0);
    disk_.syncs = 0;
    offer(2);
    run();
    EXPECT_EQ(cursor(), 1);
    EXPECT_EQ(disk_.syncs, 1U);
}

TEST_F(Writers, ProgressGoesAloneAfterItsDelayAsOne) {
    for (std::uint64_t n = 1; n <= 3; ++n) offer(n);
    run();
    disk_.syncs = 0;
    for (JournalNumber n = 1; n <= 3; ++n) writer_->report(delivered(n));
    pass(999ms);
    EXPECT_EQ(cursor(), 0);
    pass(1ms);
    EXPECT_EQ(cursor(), 3);
    EXPECT_EQ(disk_.syncs, 1U);
}

TEST_F(Writers, MergedProgressMeansTheSameAsEachAlone) {  // [storage-6]
    for (std::uint64_t n = 1; n <= 3; ++n) offer(n);
    run();
    writer_->report({.destination = "erp", .hold = {held_at("erp", 1)}, .delivered = {}, .cursor = 1});
    writer_->report({.destination = "erp", .hold = {}, .delivered = {1}, .cursor = 2});
    writer_->report(
        {.destination = "erp", .hold = {held_at("erp", 1), held_at("erp", 3)}, .delivered = {}, .cursor = 3});
    pass(1s);
    EXPECT_EQ(cursor(), 3);
    EXPECT_EQ(reading(options())->held("erp", 0, 9)->size(), 2U);
}

TEST_F(Writers, DecisionsAreCarriedOutAfterWhatWasReportedBefore) {
    offer(1);
    run();
    writer_->report({.destination = "erp", .hold = {held_at("erp", 1)}, .delivered = {}, .cursor = 1});
    std::vector<Result<JournalNumber>> decided;
    const auto note = [&](Result<JournalNumber> number) { decided.push_back(number); };
    writer_->decide(decision(Decision::Kind::kRetry, "erp", 1), till_loop_, note);
    writer_->decide(decision(Decision::Kind::kRetry, "crm", 1), till_loop_, note);
    run();
    ASSERT_EQ(decided.size(), 2U);
    EXPECT_EQ(decided[0].value(), 2);
    EXPECT_EQ(decided[1].error().code, ErrorCode::kNotFound);
    EXPECT_EQ(growth_.back(), 2);
}

TEST_F(Writers, AFailedSyncIsRecoveredFromBeforeTheAnswer) {  // [storage-1] [storage-8]
    offer(1);
    run();
    disk_.fail_sync_in = 1;
    offer(2);
    offer(3);
    run();
    ASSERT_EQ(answers_.size(), 3U);
    EXPECT_EQ(answers_[1]->acceptance, Acceptance::kAccepted);
    EXPECT_EQ(answers_[2]->number, 3);
    EXPECT_TRUE(writer_->accepting());
}

TEST_F(Writers, WhileTheDiskFailsNothingIsPromisedAndItHealsByItself) {  // [storage-2] [storage-8]
    disk_.lasting = true;
    disk_.fail_sync_in = 1;
    offer(1);
    writer_->report(delivered(0));
    run();
    ASSERT_EQ(answers_.size(), 1U);
    EXPECT_EQ(answers_[0].error().code, ErrorCode::kUnavailable);
    EXPECT_FALSE(writer_->accepting());
    offer(2);
    pass(5s);
    ASSERT_EQ(answers_.size(), 2U);
    EXPECT_EQ(answers_[1].error().code, ErrorCode::kUnavailable);
    disk_.fail_sync_in = 0;
    pass(30s);
    EXPECT_TRUE(writer_->accepting());
    offer(1);
    run();
    EXPECT_EQ(answers_[2]->acceptance, Acceptance::kAccepted);
}

TEST_F(Writers, AFullDiskRefusesSalesWritesProgressAndIntakeResumes) {  // [storage-2] [storage-8]
    offer(1);
    run();
    journal_.reset();
    disk_.folder = folder_.path();
    disk_.bytes_max = 0;  // the log's room cannot be made, nor may anything grow
    journal_ = opened(options());
    make({});
    offer(2);
    run();
    EXPECT_EQ(answers_[1].error().code, ErrorCode::kStorageFull);
    EXPECT_EQ(writer_->accepting().error().code, ErrorCode::kStorageFull);
    disk_.bytes_max = ~0ULL;
    writer_->report(delivered(1));
    pass(1s);
    EXPECT_EQ(cursor(), 1);
    pass(1s);
    EXPECT_TRUE(writer_->accepting());
    offer(2);
    run();
    EXPECT_EQ(answers_[2]->number, 2);
}

TEST_F(Writers, TheLastRoomIsForCursorsNotForDocuments) {  // [storage-8] [sync-12]
    const auto booked = [](JournalNumber number) {
        auto progress = delivered(number);
        progress.booked = {{progress.destination, number, "SO " + std::to_string(number)}};
        return progress;
    };
    offer(1);
    offer(2);
    writer_->report(booked(1));
    pass(1s);
    std::filesystem::remove(folder_.path() + "/ballast");
    device_.free_bytes = 16 * 1024;
    restart();
    writer_->report(booked(2));
    pass(5s);
    EXPECT_EQ(writer_->accepting().error().code, ErrorCode::kStorageFull);
    EXPECT_EQ(cursor(), 2);
    const auto reader = reading(options());
    EXPECT_EQ(reader->bookings(1)->size(), 1U);
    EXPECT_EQ(reader->bookings(2)->size(), 0U);
}

TEST_F(Writers, WhoWaitsForItsReportHearsOfItAfterTheSync) {  // [sync-18]
    offer(1);
    run();
    std::vector<Result<void>> heard;
    const auto report = [&](const std::string& document) {
        Progress progress = delivered(0);
        progress.booked = {{progress.destination, 1, document}};
        writer_->report(std::move(progress), till_loop_, [&](Result<void> result) { heard.push_back(result); });
    };
    report("D1");
    report("D2");
    till_loop_.run_until_idle();
    EXPECT_TRUE(heard.empty());
    disk_.syncs = 0;
    journal_loop_.run_until_idle();
    EXPECT_EQ(disk_.syncs, 1U) << "at once, and together";
    till_loop_.run_until_idle();
    ASSERT_EQ(heard.size(), 2U);
    EXPECT_TRUE(heard[0] && heard[1]);
    EXPECT_EQ(reading(options())->bookings(1)->at(0).document, "D2");
    disk_.lasting = true;
    disk_.fail_sync_in = 1;
    report("D3");
    run();
    ASSERT_EQ(heard.size(), 3U);
    EXPECT_EQ(heard[2].error().code, ErrorCode::kUnavailable);
    disk_.fail_sync_in = 0;
    pass(60s);
    EXPECT_EQ(reading(options())->bookings(1)->at(0).document, "D3") << "kept, and written when the disk is back";
    std::filesystem::remove(folder_.path() + "/ballast");
    device_.free_bytes = 16 * 1024;
    restart();
    report("D4");
    run();
    ASSERT_EQ(heard.size(), 4U);
    EXPECT_EQ(heard[3].error().code, ErrorCode::kStorageFull);
}

TEST_F(Writers, AfterARestartOnAFullDiskNothingIsTakenIntoTheLastBytes) {  // [storage-8]
    std::filesystem::remove(folder_.path() + "/ballast");                  // it was set free
    device_.free_bytes = 16 * 1024;                                        // and the room taken by others
    restart();
    EXPECT_EQ(writer_->accepting().error().code, ErrorCode::kStorageFull);
    offer(1);
    run();
    EXPECT_EQ(answers_[0].error().code, ErrorCode::kStorageFull);
    device_.free_bytes = 1U << 30;
    pass(1s);
    EXPECT_TRUE(writer_->accepting());
    EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/ballast"));
    offer(1);
    run();
    EXPECT_EQ(answers_[1]->number, 1);
}

TEST_F(Writers, SellingGoesOnWithoutBallastWhenItIsNotForWantOfRoom) {  // [storage-8]
    std::filesystem::remove(folder_.path() + "/ballast");
    std::filesystem::create_directories(folder_.path() + "/ballast/in its place");
    restart();
    EXPECT_TRUE(writer_->accepting());
    offer(1);
    run();
    EXPECT_EQ(answers_[0]->number, 1);
    std::filesystem::remove_all(folder_.path() + "/ballast");
    pass(1h);
    offer(2);
    pass(1s);
    EXPECT_TRUE(std::filesystem::is_regular_file(folder_.path() + "/ballast"));
}

TEST_F(Writers, QuietMomentsEmptyTheLogAndPrune) {
    make({.wal_idle_bytes = 10'000, .retention = 24h});
    writer_->report(delivered(0));
    for (std::uint64_t n = 1; n <= 30; ++n) {
        offer(n);
        run();
    }
    EXPECT_GT(journal_->wal_bytes(), 10'000U);
    writer_->report(delivered(30));
    pass(2s);
    EXPECT_LT(journal_->wal_bytes(), 10'000U);  // the progress alone came after the checkpoint
    EXPECT_EQ(reading(options())->bounds()->first, 1);
    clock_.advance(48h);
    NewEntry late = sale(uuid(31));
    late.arrival.arrived_at = clock_.wall();
    offer(late, till_loop_);
    pass(2s);
    EXPECT_EQ(reading(options())->bounds()->first, 31);
}

TEST_F(Writers, ABusyLogIsEmptiedBetweenTwoGroups) {
    make({.group_max = 4, .wal_busy_bytes = 50'000});
    for (std::uint64_t n = 1; n <= 400; ++n) offer(n);
    run();
    EXPECT_LT(journal_->wal_bytes(), 80'000U);
    EXPECT_EQ(answers_.size(), 400U);
}

TEST_F(Writers, FlushWritesEverything) {
    make({.group_max = 2});
    for (std::uint64_t n = 1; n <= 5; ++n) offer(n);
    writer_->report(delivered(2));
    writer_->flush();
    EXPECT_EQ(cursor(), 2);
    run();
    EXPECT_EQ(answers_.size(), 5U);
}

TEST_F(Writers, ManyThreadsOfferWhileAReaderReads) {  // [storage-7]
    constexpr std::uint64_t kEach = 150;
    std::jthread journal_thread([this] { journal_loop_.run(); });
    std::vector<std::jthread> tills;
    for (std::uint64_t till = 0; till < 3; ++till)
        tills.emplace_back([this, till] {
            for (std::uint64_t n = 1; n <= kEach; ++n)
                static_cast<void>(writer_->offer(sale(uuid(till * 1000 + n)), till_loop_,
                                                 [this](Result<Receipt> receipt) { answers_.push_back(receipt); }));
        });
    auto reader = reading(options());
    JournalNumber seen = 0;
    const auto read_all = [&] {
        const auto entries = reader->read_after(seen, {}).value();
        for (const auto& entry : entries) EXPECT_EQ(entry.number, ++seen);
        return answers_.size() == 3 * kEach && seen == static_cast<JournalNumber>(3 * kEach);
    };
    EXPECT_TRUE(till_loop_.run_until(read_all, 60s));
    journal_loop_.stop();
    EXPECT_EQ(reader->verify({})->entries, static_cast<std::int64_t>(3 * kEach));
}

}  // namespace
}  // namespace tillkeeper::storage
