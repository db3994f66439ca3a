// The other control: a real journal that somebody took an entry out of.
#include "tests/crash/evidence.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <memory>

#include "storage/journal.h"
#include "tests/e2e/scratch.h"

namespace tillkeeper::crash {
namespace {

using testing::HasSubstr;

class Evidence : public testing::Test {
  protected:
    void SetUp() override {
        auto made = lab::Scratch::make("tillkeeper-evidence");
        ASSERT_TRUE(made) << made.error().message;
        folder_.emplace(std::move(*made));
        storage::JournalOptions options;
        options.folder = data();
        auto journal = storage::Journal::open(options);
        ASSERT_TRUE(journal) << journal.error().message;
        std::vector<storage::NewEntry> entries;
        for (int i = 1; i <= 5; ++i) {
            storage::NewEntry entry;
            entry.till = "till-1";
            entry.till_sequence = i;
            entry.transaction_id = "sale-" + std::to_string(i);
            entry.type = "sale";
            entry.body = "{}";
            entries.push_back(std::move(entry));
        }
        const auto receipts = (*journal)->commit(entries, {});
        ASSERT_TRUE(receipts) << receipts.error().message;
        for (std::size_t i = 0; i < receipts->size(); ++i)
            answers_.push_back({entries[i].transaction_id, (*receipts)[i].number, to_hex((*receipts)[i].hash)});
    }

    [[nodiscard]] std::string data() const { return (folder_->path() / "data").string(); }
    void change(const char* sql) const {
        sqlite3* raw = nullptr;
        ASSERT_EQ(sqlite3_open((data() + "/journal.db").c_str(), &raw), SQLITE_OK);
        const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(raw, &sqlite3_close);
        ASSERT_EQ(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(raw);
        ASSERT_EQ(sqlite3_changes(raw), 1);
    }

    std::optional<lab::Scratch> folder_;
    std::vector<Answered> answers_;
};

TEST_F(Evidence, AgreesWithAWholeJournal) {
    const auto journal = read_journal(data());
    ASSERT_TRUE(journal) << journal.error().message;
    EXPECT_TRUE(judge_journal(answers_, *journal, true).clean());
}

TEST_F(Evidence, ARemovedEntryBreaksTheChain) {
    change("DELETE FROM entries WHERE number = 3");
    const auto journal = read_journal(data());
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, ErrorCode::kCorrupt);
}

// Nothing follows the newest entry that would miss it: only what the tills were answered tells.
TEST_F(Evidence, TheRemovedNewestEntryIsLost) {
    change("DELETE FROM entries WHERE number = 5");
    const auto journal = read_journal(data());
    ASSERT_TRUE(journal) << journal.error().message;
    EXPECT_EQ(judge_journal(answers_, *journal, true).lost, 1);
}

TEST_F(Evidence, NotesAreReadAsFarAsTheyAreWritten) {
    const auto file = folder_->path() / "notes";
    ASSERT_TRUE(lab::write_file(file, R"({"id":"a","outcome":"accepted","journal_number":1,"hash":"h"}
{"id":"b","outcome":"refused","problem":"busy"}
{"id":"c","outcome":"duplicate","journal_nu)"));
    const auto notes = read_notes(file);
    ASSERT_TRUE(notes);
    ASSERT_EQ(notes->answers.size(), 1U);
    EXPECT_EQ(notes->answers[0].id, "a");
    EXPECT_EQ(notes->others, 1);
    ASSERT_TRUE(lab::write_file(file, "torn in the middle\n"));
    EXPECT_FALSE(read_notes(file));
}

}  // namespace
}  // namespace tillkeeper::crash
