// Whether destinations are reached, and what the store is told of it: the whole grid, and flapping lines.
#include <gmock/gmock.h>

#include <array>

#include "sync/connectivity.h"

namespace tillkeeper::sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using enum ReachState;

constexpr std::array kStates{kReached, kDoubtful, kCut, kReturning};
constexpr std::array kEvents{ReachEvent::kTakes, ReachEvent::kFails, ReachEvent::kCutOff, ReachEvent::kTime};

TEST(Reach, whole_grid) {
    constexpr ReachState kExpected[kStates.size()][kEvents.size()] = {
        //               kTakes      kFails     kCutOff  kTime
        /* kReached   */ {kReached, kDoubtful, kCut, kReached},
        /* kDoubtful  */ {kReached, kDoubtful, kCut, kCut},
        /* kCut       */ {kReturning, kCut, kCut, kCut},
        /* kReturning */ {kReturning, kCut, kCut, kReached},
    };
    for (std::size_t state = 0; state < kStates.size(); ++state)
        for (std::size_t event = 0; event < kEvents.size(); ++event)
            EXPECT_EQ(next(kStates[state], kEvents[event]), kExpected[state][event]) << state << ' ' << event;
}

class ReachTest : public testing::Test {
  protected:
    void see(std::string_view cause, Duration later = {}) {
        now += later;
        reach.update(cause, now);
    }
    Reach reach;
    MonotonicTime now{seconds(1000)};
};

TEST_F(ReachTest, what_this_machine_knows_is_told_at_once) {
    for (const char* cause : {"no_link", "no_route", "no_dns"}) {
        reach = {};
        see(cause);
        EXPECT_EQ(reach.cause(), cause);
    }
}

TEST_F(ReachTest, a_fault_further_away_is_told_once_it_lasts) {
    for (const char* cause : {"captive_portal", "tls", "login", "service"}) {
        reach = {};
        see("");
        see(cause);
        see(cause, kNoticeAfter - milliseconds(1));
        EXPECT_EQ(reach.cause(), "");
        see(cause, milliseconds(1));
        EXPECT_EQ(reach.cause(), cause);
    }
    reach = {};
    for (int i = 0; i < 100; ++i) {  // one of two requests fails, but never for long
        see("service", milliseconds(300));
        see("", milliseconds(300));
        EXPECT_EQ(reach.cause(), "");
    }
}

TEST_F(ReachTest, a_line_that_comes_and_goes_is_one_outage) {
    see("no_route");
    for (int i = 0; i < 100; ++i) {
        see("", seconds(1));
        EXPECT_NE(reach.cause(), "");
        see(i % 2 == 0 ? "no_route" : "service", seconds(1));
    }
    EXPECT_EQ(reach.cause(), "service") << "the newest cause";
    see("", seconds(1));
    see("", kSettleAfter);
    EXPECT_EQ(reach.cause(), "");
    EXPECT_EQ(reach.state(), kReached);
}

// Two looks a second: people see either within two seconds.
TEST_F(ReachTest, is_told_within_two_seconds) {
    EXPECT_LE(kNoticeAfter + milliseconds(500), seconds(2));
    EXPECT_LE(kSettleAfter + milliseconds(500), seconds(2));
}

class ConnectivityTest : public testing::Test {
  protected:
    void see(const std::vector<DestinationHealth>& destinations, Duration later = seconds(10), bool link = true) {
        now += later;
        store.update(destinations, link, now, moment += later);
        store.update(destinations, link, now, moment + seconds(2));  // it lasts
        moment += seconds(2);
    }
    [[nodiscard]] std::string_view state() const { return to_string(store.state()); }

    Connectivity store;
    WallTime now{seconds(1'790'000'000)};
    MonotonicTime moment{seconds(1000)};
};

TEST_F(ConnectivityTest, derives_the_states) {
    see({});
    EXPECT_EQ(state(), "online");
    see({{"", 0}, {"", 10}, {"", 0}});
    EXPECT_EQ(state(), "online");
    see({{"", 0}, {"", 10000}, {"", 0}});
    EXPECT_EQ(state(), "catching_up");
    see({{"", 0}, {"service", 10}, {"", 0}});
    EXPECT_EQ(state(), "degraded");
    EXPECT_EQ(store.cause(), "service");
    see({{"login", 0}, {"no_dns", 10}, {"service", 1}});
    EXPECT_EQ(state(), "offline");
    EXPECT_EQ(store.cause(), "no_dns") << "the earliest fault explains the others";
    const auto since = now;
    EXPECT_EQ(store.since(), since);
    see({{"login", 0}, {"no_dns", 10}, {"service", 1}});
    EXPECT_EQ(store.since(), since);
    see({{"", 0}, {"", 10}, {"", 0}});
    EXPECT_EQ(state(), "online");
    EXPECT_EQ(store.cause(), "");
}

TEST_F(ConnectivityTest, without_a_link_an_idle_store_knows_it_as_well) {
    see({{"", 0, 7}, {"", 0, 9}});
    EXPECT_EQ(state(), "online");
    now += seconds(1);
    store.update({{"", 0, 7}, {"", 0, 9}}, false, now, moment += seconds(1));
    EXPECT_EQ(state(), "offline") << "at once";
    EXPECT_EQ(store.cause(), "no_link");
    see({{"", 0, 7}, {"no_route", 3, 9}}, seconds(1), false);
    EXPECT_EQ(store.cause(), "no_link");
    see({{"", 0, 7}, {"no_route", 3, 9}});
    EXPECT_EQ(state(), "degraded") << "the link is there again, the way to one is not";
    EXPECT_EQ(store.cause(), "no_route");
    see({{"", 0, 7}, {"", 0, 12}});
    EXPECT_EQ(state(), "online");
}

TEST_F(ConnectivityTest, what_takes_something_after_the_link_went_is_reached) {
    see({{"", 0, 7}, {"", 0, 9}});
    see({{"", 0, 7}, {"", 0, 9}}, seconds(1), false);
    see({{"", 0, 8}, {"", 0, 9}}, seconds(1), false);
    EXPECT_EQ(state(), "degraded") << "one of them is on this machine";
    EXPECT_EQ(store.reach(0).cause(), "");
    EXPECT_EQ(store.reach(1).cause(), "no_link");
}

TEST_F(ConnectivityTest, a_machine_that_never_had_a_link_asks_its_destinations) {
    see({{"", 0}}, {}, false);
    EXPECT_EQ(state(), "online");
    see({{"service", 1}}, seconds(1), false);
    EXPECT_EQ(store.cause(), "service");
    see({{"no_dns", 1}}, seconds(1), false);
    EXPECT_EQ(store.cause(), "no_link") << "names cannot be asked for without one";
}

}  // namespace
}  // namespace tillkeeper::sync
