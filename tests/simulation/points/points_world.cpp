#include "tests/simulation/points/points_world.h"

#include <algorithm>
#include <array>

namespace tillkeeper::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kMembers = 3;
constexpr std::int64_t kMillion = 1'000'000;
constexpr Duration kLeaseMin = seconds(3);
constexpr std::uint64_t kLeaseSeconds = 50;

Rules draw_rules(const Story& story) {
    fakes::SeededRandom random(story.seed);
    Rules rules;
    if (story.allowance) {
        rules.allowance_member = 1000 + static_cast<std::int64_t>(random.below(kMillion));
        rules.allowance_store = rules.allowance_member + static_cast<std::int64_t>(random.below(kMillion));
    }
    rules.redemption_deadline = random.below(2) == 0 ? milliseconds(300) : milliseconds(800);
    rules.fresh = random.below(2) == 0 ? Duration(seconds(20)) : Duration(std::chrono::hours(24));
    return rules;
}

}  // namespace

PointsWorld::PointsWorld(const Story& story, bool keep_lines, const Overhears& overhears)
    : story_(story),
      random_(story.seed),
      trace_(keep_lines),
      rules_(draw_rules(story)),
      judge_(cloud_, trace_, rules_) {
    cloud_.engine().broken = [this](const std::string& what) { judge_.broken(now_, what); };
    for (std::uint64_t member = 0; member < kMembers; ++member)
        cloud_.engine().open('m' + std::to_string(member),
                             kMillion + static_cast<std::int64_t>(random_.below(3 * kMillion)));
    for (int store = 0; store < story.stores; ++store)
        stores_.push_back(std::make_unique<Store>(Store::Parts{story_, cloud_, judge_, trace_, rules_, overhears},
                                                  static_cast<std::size_t>(store)));
}

void PointsWorld::narrate(const Store& store, const std::string& who, const std::string& what) {
    trace_.add(store.now(), who, "(store " + store.name() + ") " + what);
}

std::string PointsWorld::any_member(Random& random) const {
    return 'm' + std::to_string(random.below(kMembers));
}

void PointsWorld::do_step(const Step& step) {
    if (is_outage(step.act)) ++outages_;
    fakes::SeededRandom random(step.seed);
    Store& store = *stores_[random.below(stores_.size())];
    switch (step.act) {
        case Act::kSell:
            return sell(store, random);
        case Act::kSellAgain:
            return ask_again(random);
        case Act::kRedeem:
            return redeem(store, random);
        case Act::kLookUp:
            return look_up(store, random);
        case Act::kGrant:
            return grant(store, random);
        case Act::kCatalogue:
            return cloud_.catalogue().change(1 + random.below(7), now_);
        case Act::kClock:
            return set_clock(step, store, random);
        default:
            return cut(step, store, random);
    }
}

void PointsWorld::redeem(Store& store, Random& random) {
    const std::string member = any_member(random);
    const std::int64_t balance = std::max<std::int64_t>(cloud_.engine().balance(member), 0);
    const std::int64_t most = 1 + static_cast<std::int64_t>(random.below(4) == 0 ? kMillion : kMillion / 10);
    std::int64_t points = 1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most)));
    if (random.below(4) == 0 && balance > 0) points = balance;  // two that ask for all at once, now and then
    const auto wish = [&] {
        return &judge_.wish({.store = store.index(),
                             .transaction = store.name() + "-r" + std::to_string(++asked_),
                             .member = member,
                             .points = points});
    };
    Wish& first = *wish();
    store.counter->want(first);
    if (random.below(4) == 0) store.counter->ask_again(first);  // another till, at once
    if (random.below(4) == 0) store.counter->want(*wish());     // somebody else with the same card
}

void PointsWorld::sell(Store& store, Random& random) {
    store.counter->want(judge_.wish({.store = store.index(),
                                     .transaction = store.name() + "-s" + std::to_string(++asked_),
                                     .member = any_member(random),
                                     .points = 1 + static_cast<std::int64_t>(random.below(kMillion / 100)),
                                     .earns = true}));
}

void PointsWorld::look_up(Store& store, Random& random) {
    if (random.below(2) == 0) return store.counter->look_up(Topic::kCatalogue, "articles", true);
    const std::string member = any_member(random);
    if (random.below(4) == 0) return store.counter->look_up(Topic::kMember, "nobody", false);
    store.counter->look_up(Topic::kMember, random.below(2) == 0 ? member : "29" + member.substr(1), true);
}

void PointsWorld::ask_again(Random& random) {
    auto& wishes = judge_.wishes();
    if (wishes.empty()) return;
    Wish& wish = wishes[random.below(wishes.size())];
    if (wish.settled) stores_[wish.store]->counter->ask_again(wish);
}

void PointsWorld::grant(Store& store, Random& random) {
    const std::string member = any_member(random);
    const std::int64_t balance = std::max<std::int64_t>(cloud_.engine().balance(member), 0);
    const auto amount = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(balance / 2 + 1)));
    const Duration lives = kLeaseMin + seconds(random.below(kLeaseSeconds));
    cloud_.engine().grant(store.name(), member, amount, VirtualClock::kStart + now_, lives);
    narrate(store, "engine",
            "grants " + std::to_string(amount) + " points of " + member + " for " +
                std::to_string(lives.count() / 1'000'000) + " s");
}

void PointsWorld::cut(const Step& step, Store& store, Random& random) {
    look_up(store, random);
    look_up(store, random);
    redeem(store, random);
    const Duration soon(random.below(60'000));
    store.schedule.world.later(soon, [this, step, &store, seed = random.next()] {
        fakes::SeededRandom then(seed);
        strike(step, store, then);
    });
}

void PointsWorld::strike(const Step& step, Store& store, Random& random) {
    const Duration until = store.now() + step.lasts;
    switch (step.act) {
        case Act::kNetwork: {
            const auto weather = static_cast<Weather>(1 + random.below(kWeathers - 1));
            narrate(store, "network", "is " + std::string(name_of(weather)));
            return store.network.become(weather, until);
        }
        case Act::kSystem: {
            const auto illness = static_cast<PointsIllness>(1 + random.below(kPointsIllnesses - 1));
            narrate(store, "cloud", "is " + std::string(name_of(illness)));
            return cloud_.fall_ill(illness, until);
        }
        case Act::kBroker:
            store.broker.crash();
            return store.schedule.world.later(step.lasts, [&store] { store.broker.come_back(); });
        case Act::kKill:
        case Act::kUpgrade:
            if (!store.box->running()) return;
            if (step.act == Act::kUpgrade) return store.box->upgrade(random, step.lasts);
            return store.box->kill(random.below(20), step.lasts);
        case Act::kPowerCut:
            if (!store.box->running()) return;
            store.box->cut_power(random.below(20), static_cast<disk::Shape>(random.below(disk::kShapes)), step.lasts);
            if (random.below(2) == 0) set_clock(step, store, random);
            return;
        default:
            return disturb_disk(step, store, random);
    }
}

void PointsWorld::disturb_disk(const Step& step, Store& store, Random& random) {
    disk::Disk& disk = store.box->disk();
    store.facts().excused_until = std::max(store.facts().excused_until, store.now() + step.lasts);
    if (step.act == Act::kDiskSlow)
        return store.box->charge_syncs(milliseconds(20 + random.below(600)), store.now() + step.lasts);
    if (step.act == Act::kDiskFull) {
        disk.limit(disk.used_bytes() + random.below(20'000));
        return store.schedule.world.later(step.lasts, [&store] { store.box->disk().limit({}); });
    }
    static constexpr std::array kCalls{disk::Call::kSync, disk::Call::kWrite, disk::Call::kRead, disk::Call::kOpen};
    disk.fail(kCalls[random.below(kCalls.size())], 1 + random.below(12), random.below(2) == 0);
    store.schedule.world.later(step.lasts, [&store] { store.box->disk().heal(); });
}

void PointsWorld::set_clock(const Step& step, Store& store, Random& random) {
    static constexpr std::array<Duration, 6> kJumps{
        seconds(20), -seconds(30), std::chrono::hours(5), -std::chrono::hours(30), -std::chrono::hours(24 * 365 * 20),
        seconds(90)};
    const Duration jump = kJumps[random.below(kJumps.size())];
    narrate(store, "clock", "jumps by " + std::to_string(jump.count() / 1'000'000) + " s");
    store.facts().clock_fine = false;
    store.schedule.clock.jump_wall(jump);
    store.box->set_clock_trust(false);
    store.schedule.world.later(step.lasts, [&store] {
        store.schedule.clock.correct_wall();
        store.box->set_clock_trust(true);
    });
}

}  // namespace tillkeeper::simulation
