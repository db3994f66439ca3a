// Progress, holding, and what a person decides. [storage-2] [storage-6] [storage-9]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

using testing::HasSubstr;
using Kind = Decision::Kind;

class Decisions : public testing::Test {
  protected:
    void SetUp() override {
        journal_ = opened(folder_.options());
        reader_ = reading(folder_.options());
    }
    [[nodiscard]] std::vector<HeldItem> held(const std::string& destination) {
        return reader_->held(destination, 0, 100).value();
    }
    [[nodiscard]] Entry entry(JournalNumber number) { return reader_->entry(number).value().value(); }
    [[nodiscard]] JournalNumber cursor(const std::string& destination) {
        const auto cursors = reader_->cursors().value();
        for (const auto& one : cursors)
            if (one.destination == destination) return one.number;
        return -1;
    }

    Folder folder_;
    std::unique_ptr<Journal> journal_;
    std::unique_ptr<JournalReader> reader_;
};

TEST_F(Decisions, AQuarantinedOneIsReleasedRepaired) {  // [storage-2] [storage-6]
    put(*journal_, quarantined(uuid(1)));
    EXPECT_FALSE(reader_->number_of(uuid(1)).value().has_value());
    Decision repair = decision(Kind::kRepair, "", 1, "{\"repaired\":true}");
    repair.members = sale(uuid(1));
    repair.members->type = "return";
    ASSERT_EQ(journal_->decide(repair).value(), 2);
    const Entry released = entry(2);
    EXPECT_EQ(released.kind, EntryKind::kReleased);
    EXPECT_EQ(released.transaction_id, uuid(1));
    EXPECT_EQ(released.till, "t1");
    EXPECT_EQ(released.type, "return");
    EXPECT_EQ(released.business_day, "2026-11-20");
    EXPECT_EQ(released.repairs, 1);
    EXPECT_EQ(released.body, "{\"repaired\":true}");
    EXPECT_EQ(released.arrival.arrived_at, at_hour(1));
    EXPECT_EQ(released.problems, R"({"decision":"repair","destination":"","who":"anna","why":"wrong \"tax\" code"})");
    EXPECT_TRUE(held("").empty());
    EXPECT_EQ(entry(1).body, quarantined(uuid(1)).body);  // the original is kept
    EXPECT_EQ(reader_->number_of(uuid(1)).value(), 2);
    EXPECT_EQ(put(*journal_, quarantined(uuid(1))).number, 1);
    EXPECT_EQ(reader_->verify({})->first_bad, 0);
}

// Destinations would take it for a repetition of the other one. [storage-2] [storage-3]
TEST_F(Decisions, AConflictingOneGoesOutOnlyUnderAnIdOfItsOwn) {
    put(*journal_, sale(uuid(1)));
    NewEntry other = sale(uuid(1));
    other.body = "{\"other\":1}";
    put(*journal_, other);
    EXPECT_EQ(journal_->decide(decision(Kind::kRetry, "", 2)).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(journal_->decide(decision(Kind::kRepair, "", 2, "{}")).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(held("").size(), 1U);
    Decision repair = decision(Kind::kRepair, "", 2, "{\"other\":2}");
    repair.members = sale(uuid(2));
    ASSERT_EQ(journal_->decide(repair).value(), 3);
    EXPECT_EQ(entry(3).transaction_id, uuid(2));
    EXPECT_TRUE(held("").empty());
    NewEntry late = sale(uuid(2));  // a till that uses that id afterwards is recognised as well
    late.body = "{\"other\":3}";
    EXPECT_EQ(put(*journal_, late).acceptance, Acceptance::kQuarantined);
}

TEST_F(Decisions, AQuarantinedOneIsLetThroughAsItIs) {
    put(*journal_, quarantined(uuid(1)));
    ASSERT_EQ(journal_->decide(decision(Kind::kRetry, "", 1)).value(), 2);
    EXPECT_EQ(entry(2).kind, EntryKind::kReleased);
    EXPECT_EQ(entry(2).body, entry(1).body);
    EXPECT_TRUE(held("").empty());
}

TEST_F(Decisions, AQuarantinedOneIsSkipped) {
    put(*journal_, quarantined(uuid(1)));
    ASSERT_EQ(journal_->decide(decision(Kind::kSkip, "", 1)).value(), 2);
    EXPECT_EQ(entry(2).kind, EntryKind::kAction);
    EXPECT_EQ(entry(2).body, "");
    EXPECT_THAT(entry(2).problems, HasSubstr("\"skip\""));
    EXPECT_TRUE(held("").empty());
    EXPECT_FALSE(reader_->number_of(uuid(1)).value().has_value());
}

TEST_F(Decisions, AHeldOneIsRepairedTwiceAndTheLatestCounts) {
    put(*journal_, sale(uuid(1)));
    report(*journal_, {.destination = "erp", .hold = {held_at("erp", 1)}, .delivered = {}, .cursor = 1});
    ASSERT_EQ(journal_->decide(decision(Kind::kRepair, "erp", 1, "first")).value(), 2);
    ASSERT_EQ(journal_->decide(decision(Kind::kRepair, "erp", 1, "second")).value(), 3);
    ASSERT_EQ(held("erp").size(), 1U);
    EXPECT_EQ(held("erp")[0].state, HeldState::kReady);
    EXPECT_EQ(held("erp")[0].body_number, 3);
    EXPECT_EQ(entry(3).kind, EntryKind::kAction);
    EXPECT_EQ(entry(3).body, "second");
    EXPECT_EQ(reader_->number_of(uuid(1)).value(), 1);
    // The destination's late answer about an older body does not undo the repair. [storage-6]
    report(*journal_, {.destination = "erp", .hold = {held_at("erp", 1)}, .delivered = {}, .cursor = 0});
    EXPECT_EQ(held("erp")[0].state, HeldState::kReady);
    EXPECT_EQ(held("erp")[0].body_number, 3);
    HeldItem again = held_at("erp", 1);
    again.body_number = 3;
    report(*journal_, {.destination = "erp", .hold = {again}, .delivered = {}, .cursor = 0});
    EXPECT_EQ(held("erp")[0].state, HeldState::kHeld);
    ASSERT_EQ(journal_->decide(decision(Kind::kRetry, "erp", 1)).value(), 4);
    EXPECT_EQ(held("erp")[0].state, HeldState::kReady);
    EXPECT_EQ(held("erp")[0].body_number, 3);
}

TEST_F(Decisions, WaitersBecomeReadyWhenWhatTheyWaitForGoes) {  // [storage-6]
    for (std::uint64_t n = 1; n <= 4; ++n) put(*journal_, sale(uuid(n)));
    const auto waiting = [](JournalNumber number, JournalNumber for_what) {
        return held_at("erp", number, HeldState::kWaiting, for_what);
    };
    report(*journal_, {.destination = "erp",
                       .hold = {held_at("erp", 1), waiting(2, 1), waiting(3, 1), waiting(4, 3)},
                       .delivered = {},
                       .cursor = 4});
    report(*journal_, {.destination = "crm", .hold = {held_at("crm", 1)}, .delivered = {}, .cursor = 4});
    ASSERT_TRUE(journal_->decide(decision(Kind::kSkip, "erp", 1)));
    const auto after_skip = held("erp");
    ASSERT_EQ(after_skip.size(), 3U);
    EXPECT_EQ(after_skip[0].state, HeldState::kReady);
    EXPECT_EQ(after_skip[1].state, HeldState::kReady);
    EXPECT_EQ(after_skip[2].state, HeldState::kWaiting);
    report(*journal_, {.destination = "erp", .hold = {}, .delivered = {2, 3}, .cursor = 0});
    ASSERT_EQ(held("erp").size(), 1U);
    EXPECT_EQ(held("erp")[0].state, HeldState::kReady);
    EXPECT_EQ(held("crm").size(), 1U);
}

TEST_F(Decisions, NobodyWaitsForWhatIsGoneAlready) {  // [storage-6]
    for (std::uint64_t n = 1; n <= 2; ++n) put(*journal_, sale(uuid(n)));
    report(*journal_,
           {.destination = "erp", .hold = {held_at("erp", 2, HeldState::kWaiting, 1)}, .delivered = {}, .cursor = 2});
    EXPECT_EQ(held("erp")[0].state, HeldState::kReady);
}

TEST_F(Decisions, NothingHeldNothingDecided) {
    put(*journal_, sale(uuid(1)));
    EXPECT_EQ(journal_->decide(decision(Kind::kSkip, "erp", 1)).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(journal_->decide(decision(Kind::kRetry, "", 1)).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(put(*journal_, sale(uuid(2))).number, 2);
}

TEST_F(Decisions, CursorsOnlyMoveForwardAndNeverPastTheEnd) {
    const std::vector<std::string> names{"erp"};
    ASSERT_TRUE(journal_->register_destinations(names));
    EXPECT_EQ(cursor("erp"), 0);
    for (std::uint64_t n = 1; n <= 3; ++n) put(*journal_, sale(uuid(n)));
    report(*journal_, {.destination = "erp", .hold = {}, .delivered = {}, .cursor = 2});
    report(*journal_, {.destination = "erp", .hold = {}, .delivered = {}, .cursor = 1});
    EXPECT_EQ(cursor("erp"), 2);
    report(*journal_, {.destination = "erp", .hold = {}, .delivered = {}, .cursor = 99});
    EXPECT_EQ(cursor("erp"), 3);
}

TEST_F(Decisions, ADestinationThatIsNotConfiguredAnyMoreKeepsItsPlace) {  // [storage-9]
    std::vector<std::string> names{"erp", "crm"};
    ASSERT_TRUE(journal_->register_destinations(names));
    put(*journal_, sale(uuid(1)));
    report(*journal_, {.destination = "crm", .hold = {}, .delivered = {}, .cursor = 1});
    names = {"erp"};
    ASSERT_TRUE(journal_->register_destinations(names));
    names = {"erp", "crm"};
    ASSERT_TRUE(journal_->register_destinations(names));
    EXPECT_EQ(cursor("crm"), 1);
    EXPECT_EQ(cursor("erp"), 0);
}

TEST_F(Decisions, HeldRowsAreCountedAndListed) {
    for (std::uint64_t n = 1; n <= 3; ++n) put(*journal_, sale(uuid(n)));
    put(*journal_, quarantined(uuid(4)));
    auto later = held_at("erp", 1);
    later.since += std::chrono::hours(5);
    report(*journal_, {.destination = "erp", .hold = {later, held_at("erp", 3)}, .delivered = {}, .cursor = 3});
    const auto counts = reader_->held_counts().value();
    ASSERT_EQ(counts.size(), 2U);
    EXPECT_EQ(counts[0].destination, "");
    EXPECT_EQ(counts[0].count, 1);
    EXPECT_EQ(counts[1].count, 2);
    EXPECT_EQ(counts[1].oldest, held_at("erp", 3).since) << "not the lowest number";
    EXPECT_EQ(reader_->held(std::nullopt, 0, 10)->size(), 3U);
    EXPECT_EQ(reader_->held(std::nullopt, 1, 10)->front().number, 3);
    EXPECT_EQ(reader_->held("erp", 0, 1)->size(), 1U);
}

}  // namespace
}  // namespace tillkeeper::storage
