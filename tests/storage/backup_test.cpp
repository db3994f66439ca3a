// A copy of a journal that is in use. [storage-14]
#include "storage/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int kSales = 300;

class Backup : public testing::Test {
  protected:
    void SetUp() override {
        journal_ = opened(source_.options(key_));
        for (int n = 1; n <= kSales; ++n) put(*journal_, sale(uuid(static_cast<std::uint64_t>(n)), "canary"));
    }
    Result<BackupReport> back_up_to(const std::string& name, bool replace = false) {
        return back_up(source_.options(key_), {target_.path() + '/' + name, replace},
                       [this](std::string_view step, std::int64_t, std::int64_t) {
                           steps_ += step.substr(0, 1);
                           if (meanwhile_) meanwhile_();
                           return steps_.back() != stop_at_;
                       });
    }
    [[nodiscard]] std::vector<std::string> files() const {
        std::vector<std::string> out;
        for (const auto& each : fs::directory_iterator(target_.path())) out.push_back(each.path().filename());
        return out;
    }
    [[nodiscard]] std::string content(const std::string& name) const {
        std::ifstream file(target_.path() + '/' + name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    const std::string key_ = std::string(32, 'k');
    Folder source_, target_;
    std::unique_ptr<Journal> journal_;
    std::function<void()> meanwhile_;
    std::string steps_;
    char stop_at_ = 0;
};

TEST_F(Backup, IsOfOneMomentWhileSalesGoOn) {
    std::uint64_t sold = kSales;
    meanwhile_ = [&] {
        put(*journal_, sale(uuid(++sold)));
        EXPECT_TRUE(journal_->checkpoint());
    };
    const auto report = back_up_to("b");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_GT(sold, static_cast<std::uint64_t>(kSales)) << "else nothing went on";
    EXPECT_EQ(report->chain.entries, kSales);
    EXPECT_EQ(report->bounds.last, kSales);
    EXPECT_THAT(steps_, testing::StartsWith("cc")) << "else nothing came between two steps";
    EXPECT_EQ(steps_.back(), 'v');
    EXPECT_THAT(files(), testing::ElementsAre("b"));
    EXPECT_EQ(fs::status(target_.path() + "/b").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Backup, IsAJournalToGoOnWith) {
    ASSERT_TRUE(back_up_to("b"));
    const Folder restored;
    fs::copy_file(target_.path() + "/b", restored.database());
    auto again = opened(restored.options(key_));
    EXPECT_EQ(put(*again, sale(uuid(7), "canary")).number, 7) << "known";
    EXPECT_EQ(put(*again, sale(uuid(kSales + 1))).number, kSales + 1);
    EXPECT_EQ(reading(restored.options(key_))->verify({})->first_bad, 0);
}

TEST_F(Backup, OfASealedJournalIsSealed) {
    ASSERT_TRUE(back_up_to("b"));
    EXPECT_THAT(content("b"), testing::Not(HasSubstr("canary")));
}

TEST_F(Backup, ReplacesNothingUnasked) {
    std::ofstream(target_.path() + "/b") << "precious";
    EXPECT_EQ(back_up_to("b").error().code, ErrorCode::kInvalid);
    EXPECT_EQ(content("b"), "precious");
    EXPECT_TRUE(back_up_to("b", true));
    EXPECT_GT(content("b").size(), 10'000U);
}

// Somebody else takes the name while the copy is made.
TEST_F(Backup, ReplacesNothingThatCameMeanwhile) {
    meanwhile_ = [&] { std::ofstream(target_.path() + "/b") << "precious"; };
    EXPECT_FALSE(back_up_to("b"));
    EXPECT_EQ(content("b"), "precious");
    EXPECT_THAT(files(), testing::ElementsAre("b")) << "nothing is left behind";
}

TEST_F(Backup, BesideTheJournalIsNone) {
    const auto refused =
        back_up(source_.options(key_), {source_.database(), true}, [](auto, auto, auto) { return true; });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(reading(source_.options(key_))->verify({})->entries, kSales);
}

TEST_F(Backup, OfWhatIsNotWholeHasNoName) {
    journal_.reset();
    meddle(source_.database(), "UPDATE entries SET receipt = 'other' WHERE number = 5");
    const auto refused = back_up_to("b");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(refused.error().message, HasSubstr("number 5"));
    EXPECT_THAT(files(), testing::IsEmpty());
}

TEST_F(Backup, LeavesNothingWhereItIsInterrupted) {
    for (const char step : {'c', 'v'}) {
        stop_at_ = step;
        EXPECT_EQ(back_up_to("b").error().code, ErrorCode::kUnavailable) << step;
        EXPECT_THAT(files(), testing::IsEmpty()) << step;
    }
}

TEST_F(Backup, ToNowhereSaysSo) {
    const auto refused = back_up_to("no/such/folder/b");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("No such file"));
}

}  // namespace
}  // namespace tillkeeper::storage
