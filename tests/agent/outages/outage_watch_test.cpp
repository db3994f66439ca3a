// When an outage begins, when it is over, and what belongs to it. [agent-70]
#include "agent/outages/outage_watch.h"

#include <gmock/gmock.h>

#include "tests/fakes/fake_clock.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST(OutageStates, EachEventInEachState) {
    using enum OutageState;
    struct Row {
        OutageState state, serves, fails, time;
    };
    for (const auto& [state, serves, fails, time] :
         {Row{kServed, kServed, kDoubtful, kServed}, Row{kDoubtful, kServed, kDoubtful, kOut},
          Row{kOut, kReturning, kOut, kOut}, Row{kReturning, kReturning, kOut, kServed}}) {
        EXPECT_EQ(next(state, OutageEvent::kServes), serves);
        EXPECT_EQ(next(state, OutageEvent::kFails), fails);
        EXPECT_EQ(next(state, OutageEvent::kTime), time);
    }
}

class OutageWatchTest : public testing::Test {
  protected:
    OutageWatchTest() {
        store_.destinations.resize(2);
        store_.destinations[0].sync.name = "erp";
        store_.destinations[1].sync.name = "crm";
    }
    void be(const std::string& state, const std::string& cause = "") {
        store_.state = state;
        store_.cause = cause;
        for (std::size_t i = 0; i < 2; ++i) {
            const bool waits = state == "offline" || (state == "degraded" && i == 1);
            store_.destinations[i].sync.state =
                waits ? sync::DestinationStatus::State::kWaiting : sync::DestinationStatus::State::kIdle;
            store_.destinations[i].sync.cause = waits ? cause : "";
        }
    }
    // Looks twice a second, as the daemon does.
    void pass(Duration time) {
        for (Duration gone{}; gone < time; gone += 500ms) {
            if (auto told = watch_.look(store_, clock_.wall(), clock_.monotonic())) told_.push_back(*told);
            clock_.advance(500ms);
        }
    }
    [[nodiscard]] std::vector<bool> over() const {
        std::vector<bool> out;
        for (const auto& each : told_) out.push_back(each.until.has_value());
        return out;
    }

    fakes::FakeClock clock_;
    StoreState store_;
    OutageWatch watch_;
    std::vector<Outage> told_;
};

TEST_F(OutageWatchTest, TellsItsBeginningAndItsEnd) {
    store_.last = 7;
    pass(10s);
    const auto from = clock_.wall();
    be("offline", "no_route");
    pass(kOutageCounts);
    EXPECT_TRUE(told_.empty()) << "not yet worth an entry";
    pass(1s);
    EXPECT_THAT(over(), ElementsAre(false));
    ASSERT_TRUE(watch_.current());
    store_.last = 140;
    pass(10min);
    const auto until = clock_.wall();
    be("catching_up");
    pass(kOutagesJoin);
    EXPECT_EQ(told_.size(), 1U) << "it may go on";
    EXPECT_EQ(watch_.current()->until, until) << "and is told as over meanwhile";
    store_.last = 150;
    pass(1s);
    ASSERT_THAT(over(), ElementsAre(false, true));
    EXPECT_EQ(told_[1].from, from);
    EXPECT_EQ(told_[1].until, until);
    EXPECT_EQ(told_[1].after, 7);
    EXPECT_EQ(watch_.up_to(), 140) << "what came after it is not sold during it";
    EXPECT_FALSE(watch_.current());
}

TEST_F(OutageWatchTest, AMomentIsNoOutage) {
    for (int i = 0; i < 20; ++i) {
        be("offline", "no_route");
        pass(kOutageCounts - 1s);
        be("online");
        pass(1min);
    }
    EXPECT_TRUE(told_.empty());
}

TEST_F(OutageWatchTest, WhatComesBackAndGoesAgainIsOne) {
    const auto from = clock_.wall();
    for (int i = 0; i < 20; ++i) {
        be("degraded", "service");
        pass(1min);
        be("online");
        pass(kOutagesJoin - 1s);
    }
    EXPECT_THAT(over(), ElementsAre(false));
    pass(2s);
    ASSERT_THAT(over(), ElementsAre(false, true));
    EXPECT_EQ(told_[1].from, from);
}

TEST_F(OutageWatchTest, TheWorstOfItStandsForAll) {
    be("degraded", "service");
    pass(1min);
    be("offline", "no_route");
    pass(1min);
    be("degraded", "login");
    pass(1min);
    const auto current = watch_.current();
    ASSERT_TRUE(current);
    EXPECT_EQ(current->state, "offline");
    EXPECT_EQ(current->cause, "no_route");
    ASSERT_EQ(current->destinations.size(), 2U);
    EXPECT_EQ(current->destinations[0].destination, "crm");
    EXPECT_EQ(current->destinations[0].cause, "login") << "of the destination, the newest";
    EXPECT_EQ(current->destinations[1].destination, "erp");
    EXPECT_EQ(current->destinations[1].until - current->destinations[1].from, 1min - 500ms);
}

TEST_F(OutageWatchTest, ALineThatFlapsForDaysGivesSoManyEntriesADay) {
    for (int i = 0; i < 3 * 24 * 12; ++i) {  // every five minutes for three days
        be("offline", "no_route");
        pass(1min);
        be("online");
        pass(4min);
    }
    EXPECT_LE(told_.size(), 2 * 3 * (kOutagesADay + 24));
    EXPECT_GE(told_.size(), 2 * kOutagesADay);
}

TEST_F(OutageWatchTest, GoesOnOverARestart) {
    Outage open{.from = clock_.wall() - 3h,
                .until = {},
                .state = "degraded",
                .cause = "tls",
                .after = 5,
                .sales = 0,
                .destinations = {{"crm", "tls", clock_.wall() - 3h, clock_.wall() - 2h}}};
    watch_.go_on(open, clock_.monotonic());
    be("online");  // nobody knows better yet
    pass(10s);
    be("offline", "no_route");
    pass(10min);
    EXPECT_TRUE(told_.empty()) << "its beginning is written already";
    be("online");
    pass(kOutagesJoin + 1s);
    ASSERT_THAT(over(), ElementsAre(true));
    EXPECT_EQ(told_[0].from, open.from);
    EXPECT_EQ(told_[0].state, "offline");
    EXPECT_EQ(told_[0].destinations[0].from, open.from);
}

}  // namespace
}  // namespace tillkeeper::agent
