// The controls: a storm whose judge sees nothing would always pass.
#include "tests/crash/books.h"

#include <gmock/gmock.h>

#include <utility>

namespace tillkeeper::crash {
namespace {

using testing::HasSubstr;

class Books : public testing::Test {
  protected:
    Books() {
        for (std::int64_t number = 1; number <= 6; ++number) {
            const std::string id = "sale-" + std::to_string(number);
            const std::string till = number % 2 == 0 ? "till-2" : "till-1";
            journal_.push_back({number, "hash-" + std::to_string(number), id, till, number});
            answers_.push_back({id, number, "hash-" + std::to_string(number)});
            effects_.push_back({id, till});
        }
    }
    [[nodiscard]] Verdict journal(bool complete = true) const { return judge_journal(answers_, journal_, complete); }
    [[nodiscard]] Verdict cloud() const { return judge_cloud("erp", journal_, effects_); }

    std::vector<Answered> answers_;
    std::vector<Recorded> journal_;
    std::vector<Effect> effects_;
};

TEST_F(Books, AgreeWhenNothingHappened) {
    answers_.push_back(answers_.front());  // the same answer again, as `duplicate`
    EXPECT_TRUE(journal().clean());
    EXPECT_TRUE(cloud().clean());
    EXPECT_EQ(overtaken(journal_), 0);
}

TEST_F(Books, SeeALostSale) {
    journal_.pop_back();
    EXPECT_EQ(journal().lost, 1);
    EXPECT_EQ(journal(false).lost, 1);
    EXPECT_THAT(journal().first.front(), HasSubstr("sale-6"));
    EXPECT_EQ(cloud().invented, 1);
}

TEST_F(Books, SeeARemovalInTheMiddle) {
    journal_.erase(journal_.begin() + 2);
    EXPECT_EQ(journal().lost, 1);
    EXPECT_EQ(journal().invented, 1) << "4 follows 2";
}

TEST_F(Books, SeeASaleThatIsThereTwice) {
    journal_.push_back(journal_[1]);
    journal_.back().number = 7;
    EXPECT_EQ(journal().duplicated, 1);
    EXPECT_EQ(journal(false).duplicated, 1);
}

TEST_F(Books, SeeAnotherNumberOrHashThanWasAnswered) {
    journal_[3].hash = "other";
    answers_[4].number = 2;
    EXPECT_EQ(journal().altered, 2);
    EXPECT_EQ(journal().lost, 0);
}

TEST_F(Books, SeeWhatNoTillWasAnswered) {
    answers_.pop_back();
    EXPECT_EQ(journal().invented, 1);
    EXPECT_TRUE(journal(false).clean()) << "its answer may be on the way";
}

TEST_F(Books, KnowWhatTheBoxWroteAboutItself) {
    journal_.push_back({7, "hash-7", "outage-1", "", -1});
    EXPECT_TRUE(journal().clean());
    EXPECT_TRUE(cloud().clean());
    EXPECT_EQ(of_tills(journal_), 6);
    effects_.push_back({"outage-1", ""});
    EXPECT_TRUE(cloud().clean()) << "where a cloud asks for it";
}

TEST_F(Books, SeeWhatACloudMissesOrHasTwiceOrInvents) {
    effects_.pop_back();
    effects_.push_back(effects_.front());
    effects_.push_back({"foreign", "till-1"});
    EXPECT_EQ(cloud().lost, 1);
    EXPECT_EQ(cloud().duplicated, 1);
    EXPECT_EQ(cloud().invented, 1);
}

TEST_F(Books, SeeOneTillsSalesTakeEffectInTheWrongOrder) {
    std::swap(effects_[0], effects_[1]);  // of two tills: no fault
    EXPECT_EQ(cloud().misordered, 0);
    std::swap(effects_[2], effects_[4]);  // of one till
    EXPECT_EQ(cloud().misordered, 1);
}

TEST_F(Books, CountWhatCameBehindALaterOneOfItsTill) {
    std::swap(journal_[0].till_sequence, journal_[2].till_sequence);
    EXPECT_EQ(overtaken(journal_), 1);
}

TEST_F(Books, AddUp) {
    journal_.pop_back();
    auto verdict = journal();
    verdict.add(cloud());
    EXPECT_EQ(verdict.lost, 1);
    EXPECT_EQ(verdict.invented, 1);
    EXPECT_EQ(verdict.first.size(), 2U);
    EXPECT_FALSE(verdict.clean());
}

}  // namespace
}  // namespace tillkeeper::crash
