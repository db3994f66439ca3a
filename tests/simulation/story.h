// Story: what happens to one store, as data: who sells when, and what breaks when and for how long. Everything else
// follows from its seed. A story can be shortened step by step, and still means the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/clock.h"

namespace tillkeeper::simulation {

enum class Act : std::uint8_t {
    kSell,       // a till has one more transaction
    kSellAgain,  // a till hands over once more what was answered already
    kTillDies,   // a till loses power; what it keeps in its outbox stays
    kNetwork,    // no route, no DNS, black hole, half-dead, resets, slow: drawn from the step's seed
    kSystem,     // one cloud system is ill
    kLogin,      // the login service is ill, or tokens are revoked
    kBroker,     // the broker is killed and comes back
    kKill,       // the daemon is killed in the middle of whatever it does
    kPowerCut,   // the box loses power
    kUpgrade,    // the daemon is stopped and started with another configuration
    kDiskFull,
    kDiskFails,  // one call fails, or all from then on
    kDiskSlow,
    kDiskLies,      // syncs are reported that did not happen
    kClock,         // somebody or something sets the clock
    kPerson,        // decides about what is held
    kKeptOffline,   // people in the store keep it off the network
    kPowerFails,    // a UPS warns; then the power fails, or it does not
    kHeadquarters,  // it is ill, where it wants to hear of the store
    // Only in stories about points.
    kRedeem,     // a customer pays with points
    kLookUp,     // a till looks something up
    kGrant,      // the loyalty engine grants a lease
    kCatalogue,  // the cloud's articles change
};
inline constexpr std::size_t kActs = 23;

struct Step {
    Duration at{};
    Act act = Act::kSell;
    Duration lasts{};
    std::uint64_t seed = 0;  // of everything drawn for this step
};

struct Story {
    std::uint64_t seed = 0;
    std::vector<Step> steps;  // ascending by `at`
    // How the store is built; drawn from the seed.
    int tills = 1;
    int in_flight = 1;  // sales that a till hands over before the first answer
    int systems = 1;
    bool sealed = false;
    bool login = true;
    Duration retention{};     // zero: longer than any story
    bool small_disk = false;  // no room is kept for the log: a full disk is felt at once
    bool narrow = false;      // the daemon takes only a few transactions at a time
    bool rush = false;        // many large transactions while nobody can be reached
    Duration heartbeat{};     // how often headquarters wants to hear of the store; zero: never
    int stores = 0;           // so many stores and one loyalty engine, see points/; 0: one store and its sales
    bool allowance = false;   // points may be spent offline without a lease

    // One system wants live sales before a backlog: there the order of tills is not promised.
    [[nodiscard]] std::string_view live_first() const { return seed % 4 == 3 ? "oms" : ""; }
    // One system takes several requests for each transaction.
    [[nodiscard]] std::string_view by_steps() const { return seed % 2 == 1 ? "crm" : ""; }
    // One system takes only tokens that are bound to a key.
    [[nodiscard]] std::string_view binds() const { return login && seed % 4 == 1 ? "erp" : ""; }
    [[nodiscard]] bool prunes() const { return retention > Duration{}; }
};

// The mix of faults itself is drawn first (swarm testing): most stories have few kinds, all kinds meet somewhere.
[[nodiscard]] Story draw_story(std::uint64_t seed);
// One about points; each third seed of draw_story() is one.
[[nodiscard]] Story draw_points_story(std::uint64_t seed);
inline constexpr std::uint64_t kPointsEvery = 3;

// Takes something away that the store needs: the network, the cloud, the box, its disk or the broker.
[[nodiscard]] bool is_outage(Act act);
[[nodiscard]] std::string_view name_of(Act act);

}  // namespace tillkeeper::simulation
