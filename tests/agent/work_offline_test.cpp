// A store that is kept offline by its people, over a real journal. [agent-36]
#include "agent/work_offline.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "agent/local/offline_answer.h"
#include "storage/own_entries.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_loop.h"
#include "tests/fuzz/unused_journal.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Its disk gives nothing back for a while.
class IllReader final : public fuzz::UnusedReader {
  public:
    explicit IllReader(storage::JournalReader& well) : well_(well) {}
    Result<std::vector<storage::Entry>> newest_own_entries(std::string_view type, int limit) override {
        if (ill) return fail(ErrorCode::kIo, "the disk does not answer");
        return well_.newest_own_entries(type, limit);
    }
    bool ill = true;

  private:
    storage::JournalReader& well_;
};

class WorkOfflineTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "offline-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        storage::JournalOptions options;
        options.folder = folder_;
        journal_ = std::move(storage::Journal::open(options).value());
        reader_ = std::move(storage::JournalReader::open(options).value());
        writer_ = storage::Writer::make(*journal_, loop_, clock_, {});
        restart();
    }
    void TearDown() override {
        offline_.reset();
        writer_.reset();
        std::filesystem::remove_all(folder_);
    }
    void restart() {
        told_.reset();
        restart(*reader_);
    }
    void restart(storage::JournalReader& reader) {
        offline_.emplace(WorkOfflineParts{loop_, clock_, device_, reader, *writer_,
                                          [this](const std::optional<OfflineSpell>& spell) { told_ = spell; }});
        offline_->start();
    }
    ServerResponse ask(const std::string& path, const std::string& body) {
        ServerRequest request{.method = "POST", .path = path};
        request.body = body;
        EXPECT_TRUE(asks_for_offline(request));
        std::optional<ServerResponse> answer;
        answer_offline(*offline_, request, [&](ServerResponse response) { answer = std::move(response); });
        loop_.run_until_idle();
        EXPECT_TRUE(answer);
        return std::move(answer).value_or(ServerResponse{});
    }
    ServerResponse begin(int seconds) {
        return ask("/offline", R"({"for_s":)" + std::to_string(seconds) + R"(,"who":"anna","why":"new router"})");
    }
    [[nodiscard]] std::int64_t recorded() const { return reader_->own_count(storage::kStaffAction).value(); }

    std::string folder_;
    fakes::FakeClock clock_;
    fakes::FakeLoop loop_{clock_};
    fakes::FakeDevice device_;
    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;
    std::unique_ptr<storage::Writer> writer_;
    std::optional<WorkOffline> offline_;
    std::optional<OfflineSpell> told_;
};

TEST_F(WorkOfflineTest, IsRecordedAndEndsByItself) {
    EXPECT_EQ(begin(3600).status, 200);
    ASSERT_TRUE(told_);
    EXPECT_EQ(told_->who, "anna");
    EXPECT_EQ(told_->until, clock_.wall() + 1h);
    const auto entry = reader_->newest_own_entries(storage::kStaffAction, 1)->front();
    EXPECT_EQ(entry.kind, storage::EntryKind::kTransaction);
    EXPECT_EQ(entry.till, "");
    EXPECT_THAT(entry.body, HasSubstr(R"("action":"offline")"));
    EXPECT_THAT(entry.body, HasSubstr(R"("who":"anna","why":"new router")"));
    loop_.advance(59min);
    EXPECT_TRUE(told_);
    loop_.advance(1min);
    EXPECT_FALSE(told_);
    loop_.run_until_idle();
    EXPECT_EQ(recorded(), 2);
    const auto end = reader_->newest_own_entries(storage::kStaffAction, 1)->front();
    EXPECT_THAT(end.body, HasSubstr(R"("action":"online")"));
    EXPECT_THAT(end.body, HasSubstr(R"("who":"tillkeeper","why":"its time is over")"));
}

TEST_F(WorkOfflineTest, IsEndedBeforeItsTimeByAPerson) {
    EXPECT_EQ(begin(3600).status, 200);
    EXPECT_EQ(ask("/online", R"({"who":"bo","why":"router is there"})").body, R"({"until":null})");
    EXPECT_FALSE(told_);
    EXPECT_EQ(recorded(), 2);
    restart();
    EXPECT_FALSE(told_) << "what a person ended stays ended";
    EXPECT_EQ(ask("/online", R"({"who":"bo","why":"again"})").status, 200);
    EXPECT_EQ(recorded(), 2) << "there was nothing to end";
}

TEST_F(WorkOfflineTest, GoesOnAfterARestart) {
    EXPECT_EQ(begin(3600).status, 200);
    loop_.advance(20min);
    restart();
    ASSERT_TRUE(told_);
    EXPECT_EQ(told_->why, "new router");
    loop_.advance(39min);
    EXPECT_TRUE(told_);
    loop_.advance(1min);
    EXPECT_FALSE(told_);
    restart();
    EXPECT_FALSE(told_) << "its time is over";
}

TEST_F(WorkOfflineTest, AClockThatWasSetBackDoesNotMakeItLonger) {
    EXPECT_EQ(begin(3600).status, 200);
    clock_.set_wall(clock_.wall() - 24h * 365);
    restart();
    ASSERT_TRUE(told_);
    loop_.advance(1h);
    EXPECT_FALSE(told_);
}

TEST_F(WorkOfflineTest, WithinOneBootTheWallClockIsNotAsked) {
    EXPECT_EQ(begin(3600).status, 200);
    for (const auto jump : {-24h * 365, 24h * 365 * 9}) {
        loop_.advance(20min);
        clock_.set_wall(clock_.wall() + jump);
        restart();
        ASSERT_TRUE(told_);
        EXPECT_EQ(told_->until, clock_.wall() + (jump < 0h ? 40min : 20min)) << "as this clock has it";
    }
    loop_.advance(20min);
    EXPECT_FALSE(told_);
}

TEST_F(WorkOfflineTest, WhatIsOverStaysOverWithAnEarlierClock) {
    for (const bool before_its_end : {true, false}) {
        EXPECT_EQ(begin(3600).status, 200);
        if (before_its_end) clock_.set_wall(clock_.wall() - 24h * 365);
        loop_.advance(1h);
        loop_.run_until_idle();
        EXPECT_FALSE(told_);
        if (!before_its_end) clock_.set_wall(clock_.wall() - 90min);
        device_.boot += 'x';
        restart();
        EXPECT_FALSE(told_) << before_its_end;
    }
}

TEST_F(WorkOfflineTest, WhatARestartFindsOverStaysOver) {
    EXPECT_EQ(begin(3600).status, 200);
    clock_.set_wall(clock_.wall() + 5h);
    device_.boot += 'x';
    restart();
    EXPECT_FALSE(told_);
    loop_.run_until_idle();
    EXPECT_EQ(recorded(), 2);
    clock_.set_wall(clock_.wall() - 5h);
    restart();
    EXPECT_FALSE(told_);
}

TEST_F(WorkOfflineTest, AJournalThatDoesNotAnswerIsAskedAgain) {
    EXPECT_EQ(begin(3600).status, 200);
    told_.reset();
    IllReader ill(*reader_);
    restart(ill);
    loop_.advance(10s);
    EXPECT_FALSE(told_);
    ill.ill = false;
    loop_.advance(1s);
    ASSERT_TRUE(told_);
    EXPECT_EQ(told_->why, "new router");
    loop_.advance(1h);
    EXPECT_FALSE(told_) << "it lasts no longer for that";
    offline_.reset();
}

TEST_F(WorkOfflineTest, WhatIsNotInOrderChangesNothing) {
    for (const int seconds : {-1, 0, 59, 24 * 3600 + 1, 999'999'999}) EXPECT_EQ(begin(seconds).status, 400) << seconds;
    for (const auto* body : {R"({"for_s":3600,"who":"","why":"x"})", R"({"for_s":3600,"who":"anna","why":""})",
                             R"({"for_s":3600,"who":"anna","why":"4111 1111 1111 1111"})", "{", "[]"})
        EXPECT_EQ(ask("/offline", body).status, 400) << body;
    EXPECT_FALSE(told_);
    EXPECT_EQ(recorded(), 0);
}

}  // namespace
}  // namespace tillkeeper::agent
