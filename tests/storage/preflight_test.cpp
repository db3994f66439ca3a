// Whether a program can take over a journal, found out on a copy. [storage-15]
#include "storage/preflight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "storage/schema.h"
#include "tests/storage/folder.h"
#include "tests/storage/mirror_desk.h"

namespace tillkeeper::storage {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int kSales = 300;

class Preflight : public testing::Test {
  protected:
    void fill() {
        journal_ = opened(source_.options(key_));
        for (int n = 1; n <= kSales; ++n) put(*journal_, sale(uuid(static_cast<std::uint64_t>(n))));
        const std::vector<std::string> names{"crm", "erp"};
        ASSERT_TRUE(journal_->register_destinations(names));
        report(*journal_, {.destination = "erp", .hold = {held_at("erp", 7)}, .delivered = {}, .cursor = 100});
    }
    // As a program wrote it that knew one migration less.
    void make_older() {
        journal_.reset();
        meddle(source_.database(),
               "DROP INDEX entries_own; CREATE INDEX entries_reconciled ON entries (type, kind) WHERE type = "
               "'reconciliation';"
               "PRAGMA user_version = 6");
    }
    Result<PreflightReport> ask_whether(const std::string& backup = "", const std::string& key = std::string(32, 'k')) {
        return preflight(source_.options(key), {.scratch = scratch_.path(), .backup = backup},
                         [this](std::string_view step, std::int64_t, std::int64_t) {
                             if (meanwhile_) meanwhile_();
                             return step != stop_at_;
                         });
    }
    [[nodiscard]] std::vector<std::string> left() const {
        std::vector<std::string> out;
        for (const auto& each : fs::directory_iterator(scratch_.path())) out.push_back(each.path().filename());
        return out;
    }
    [[nodiscard]] std::string bytes() const {
        std::ifstream file(source_.database(), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    const std::string key_ = std::string(32, 'k');
    Folder source_, scratch_;
    std::unique_ptr<Journal> journal_;
    std::function<void()> meanwhile_;
    std::string stop_at_;
};

TEST_F(Preflight, WithoutAJournalThereIsNothingToFear) {
    const auto report = ask_whether();
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->from, 0);
    EXPECT_TRUE(report->older_reads);
}

TEST_F(Preflight, ReadsEverythingWhileSalesGoOn) {
    fill();
    std::uint64_t sold = kSales;
    meanwhile_ = [&] { put(*journal_, sale(uuid(++sold))); };
    const auto report = ask_whether(scratch_.path() + "/backup.db");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->from, schema_version());
    EXPECT_EQ(report->chain.entries, kSales);
    EXPECT_EQ(report->bounds.last, kSales);
    EXPECT_FALSE(report->kept) << "the form stays";
    EXPECT_THAT(left(), testing::IsEmpty());
    EXPECT_GT(sold, static_cast<std::uint64_t>(kSales)) << "else nothing went on";
}

TEST_F(Preflight, MigratesTheCopyAloneAndKeepsTheJournalAsItWas) {
    fill();
    make_older();
    const auto before = bytes();
    const auto report = ask_whether(scratch_.path() + "/backup.db");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->from, 6);
    EXPECT_EQ(report->to, schema_version());
    EXPECT_TRUE(report->older_reads);
    EXPECT_TRUE(report->kept);
    EXPECT_EQ(bytes(), before);
    EXPECT_THAT(left(), testing::ElementsAre("backup.db"));
    EXPECT_EQ(ask(scratch_.path() + "/backup.db", "PRAGMA user_version"), "6");
    EXPECT_EQ(ask(scratch_.path() + "/backup.db", "SELECT count(*) FROM entries"), std::to_string(kSales));
}

TEST_F(Preflight, SaysThatAnOlderProgramCouldNotTakeItBack) {
    fill();
    make_older();
    meddle(source_.database(), "UPDATE meta SET value = 7 WHERE key = 'compatible_version'");
    const auto report = ask_whether();
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_FALSE(report->older_reads);
}

TEST_F(Preflight, RefusesWhatANewerProgramWrote) {
    fill();
    journal_.reset();
    meddle(source_.database(),
           "UPDATE meta SET value = 1000 WHERE key = 'compatible_version'; PRAGMA user_version = 1000");
    const auto report = ask_whether();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::kTooNew);
    EXPECT_THAT(left(), testing::IsEmpty());
}

TEST_F(Preflight, RefusesAnotherKey) {
    fill();
    const auto report = ask_whether("", std::string(32, 'x'));
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(left(), testing::IsEmpty());
}

TEST_F(Preflight, RefusesAChangedEntryAndKeepsNoBackup) {
    fill();
    make_older();
    meddle(source_.database(), "UPDATE entries SET receipt = 'another' WHERE number = 50");
    const auto before = bytes();
    const auto report = ask_whether(scratch_.path() + "/backup.db");
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(report.error().message, HasSubstr("number 50"));
    EXPECT_THAT(left(), testing::IsEmpty());
    EXPECT_EQ(bytes(), before);
}

// A copy can be fetched again: it is told, and never a reason to say no.
TEST_F(Preflight, TellsThatCopiesOfCloudDataWouldBeFetchedAnew) {
    fill();
    EXPECT_EQ(ask_whether().value().copies_anew, "") << "there are none yet";
    const MirrorOptions sealed = mirror_options(source_.path(), key_);
    pull(*open_mirrors(sealed), true, {member("1", "10")});
    EXPECT_EQ(ask_whether().value().copies_anew, "");
    const auto told = [this] {
        const auto report = ask_whether();
        EXPECT_TRUE(report) << report.error().message;
        return report ? report->copies_anew : "it refuses";
    };
    const std::string file = source_.path() + "/mirrors.db";
    meddle(file, "PRAGMA user_version = 99");
    EXPECT_THAT(told(), HasSubstr("newer program"));
    meddle(file, "PRAGMA user_version = 0");
    EXPECT_THAT(told(), HasSubstr("older program"));
    meddle(file, "PRAGMA user_version = 1");
    EXPECT_EQ(told(), "") << "else the file was touched";
    fs::remove(file);
    pull(*open_mirrors(mirror_options(source_.path(), std::string(32, 'x'))), true, {member("1", "10")});
    EXPECT_THAT(told(), HasSubstr("another key"));
    std::ofstream(file, std::ios::trunc) << "this is no database, and never was one";
    EXPECT_NE(told(), "");
}

TEST_F(Preflight, ThatIsInterruptedLeavesNothing) {
    fill();
    for (const char* step : {"copying", "checking", "verifying"}) {
        stop_at_ = step;
        const auto report = ask_whether();
        ASSERT_FALSE(report) << step;
        EXPECT_EQ(report.error().code, ErrorCode::kUnavailable);
        EXPECT_THAT(left(), testing::IsEmpty()) << step;
    }
}

}  // namespace
}  // namespace tillkeeper::storage
