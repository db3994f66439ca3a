// Where a transaction is, as the page, the command line and the bus tell it. [agent-72]
#include "agent/local/whereabouts.h"

#include <gmock/gmock.h>

#include "tests/storage/folder.h"

namespace tillkeeper::agent {
namespace {

using State = Delivery::State;
using storage::HeldState;

class WhereaboutsTest : public testing::Test {
  protected:
    WhereaboutsTest() : journal_(storage::opened(folder_.options())) {
        const std::vector<std::string> names{"erp", "crm"};
        EXPECT_TRUE(journal_->register_destinations(names));
        destinations_.resize(2);
        destinations_[0].name = "erp";
        destinations_[1].name = "crm";
        destinations_[1].types = {"loyalty"};
        reader_ = storage::reading(folder_.options());
    }
    storage::JournalNumber sell() { return put(*journal_, storage::sale(storage::uuid(++sold_))).number; }
    [[nodiscard]] Whereabouts where(storage::JournalNumber number) {
        return whereabouts(*reader_, reader_->entry(number)->value(), destinations_).value();
    }
    [[nodiscard]] State at_erp(storage::JournalNumber number) { return where(number).deliveries.at(0).state; }

    storage::Folder folder_;
    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;
    std::vector<sync::DestinationConfig> destinations_;
    std::uint64_t sold_ = 0;
};

TEST_F(WhereaboutsTest, ATypeThatADestinationDoesNotWantIsNotOnItsWay) {
    const auto number = sell();
    const auto before = where(number);
    EXPECT_EQ(before.deliveries[0].state, State::kOnWay);
    EXPECT_EQ(before.deliveries[1].state, State::kNotMeant);
    for (const auto* name : {"erp", "crm"})
        report(*journal_, {.destination = name, .hold = {}, .delivered = {}, .cursor = number});
    EXPECT_EQ(where(number).deliveries[0].state, State::kDelivered);
    EXPECT_EQ(where(number).deliveries[1].state, State::kNotMeant) << "its cursor passed it, but it never got it";
}

TEST_F(WhereaboutsTest, TellsWhatIsHeldAndWhatFollowsIt) {
    const auto held = sell();
    const auto follows = sell();
    const auto ready = sell();
    report(*journal_,
           {.destination = "erp",
            .hold = {storage::held_at("erp", held), storage::held_at("erp", follows, HeldState::kWaiting, held),
                     storage::held_at("erp", ready, HeldState::kReady)},
            .delivered = {},
            .cursor = ready});
    EXPECT_EQ(at_erp(held), State::kHeld);
    EXPECT_EQ(at_erp(follows), State::kFollows);
    EXPECT_EQ(at_erp(ready), State::kOnWay);
}

TEST_F(WhereaboutsTest, AQuarantinedOneIsHeldUntilAPersonDecides) {
    const auto number = put(*journal_, storage::quarantined(storage::uuid(9))).number;
    EXPECT_TRUE(where(number).quarantined);
    EXPECT_EQ(at_erp(number), State::kHeld);
    const auto released = journal_->decide(storage::decision(storage::Decision::Kind::kRetry, "", number)).value();
    EXPECT_FALSE(where(number).quarantined);
    EXPECT_EQ(at_erp(number), State::kNotMeant) << "what was released stands for it";
    EXPECT_EQ(at_erp(released), State::kOnWay);
}

TEST_F(WhereaboutsTest, SpeaksTheContractsWords) {
    const auto number = sell();
    report(*journal_,
           {.destination = "erp", .hold = {}, .delivered = {}, .booked = {{"erp", number, "SO-17"}}, .cursor = number});
    EXPECT_THAT(to_json(where(number)),
                testing::EndsWith(
                    R"(,"destinations":{"erp":{"state":"delivered","document":"SO-17"},"crm":{"state":"not_sent"}}})"));
    EXPECT_THAT(to_json(where(number)), testing::StartsWith(R"({"safe_since":"2026-11-)"));
}

}  // namespace
}  // namespace tillkeeper::agent
