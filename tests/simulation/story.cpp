#include "tests/simulation/story.h"

#include <algorithm>
#include <array>

#include "tests/fakes/seeded_random.h"

namespace tillkeeper::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Habit {
    Act act;
    std::uint64_t weight;   // how often, where a story has it at all
    std::uint64_t percent;  // of stories have it
    Duration lasts_max;
};

constexpr std::array kHabits{
    Habit{Act::kNetwork, 6, 65, seconds(25)},    Habit{Act::kSystem, 5, 60, seconds(25)},
    Habit{Act::kLogin, 2, 30, seconds(15)},      Habit{Act::kBroker, 3, 40, seconds(4)},
    Habit{Act::kKill, 4, 45, seconds(3)},        Habit{Act::kPowerCut, 4, 45, seconds(6)},
    Habit{Act::kUpgrade, 2, 20, seconds(2)},     Habit{Act::kDiskFull, 3, 20, seconds(10)},
    Habit{Act::kDiskFails, 3, 25, seconds(8)},   Habit{Act::kDiskSlow, 2, 15, seconds(10)},
    Habit{Act::kDiskLies, 1, 3, seconds(5)},     Habit{Act::kClock, 2, 20, seconds(60)},
    Habit{Act::kSellAgain, 4, 60, seconds(0)},   Habit{Act::kTillDies, 2, 30, seconds(5)},
    Habit{Act::kPerson, 2, 40, seconds(0)},      Habit{Act::kKeptOffline, 4, 30, seconds(40)},
    Habit{Act::kPowerFails, 3, 25, seconds(20)},
};

constexpr int kOutagesMin = 3;
constexpr int kOutagesMax = 8;
constexpr int kSalesPerOutage = 10;
constexpr std::uint64_t kLongPercent = 5;  // of stories have an outage of half an hour or more
constexpr std::uint64_t kRushPercent = 2;
constexpr int kRushSales = 70;

std::vector<Habit> draw_habits(Random& random) {
    std::vector<Habit> chosen;
    for (const Habit& habit : kHabits)
        if (random.below(100) < habit.percent) chosen.push_back(habit);
    if (std::ranges::none_of(chosen, [](const Habit& habit) { return is_outage(habit.act); }))
        chosen.push_back(kHabits[random.below(6)]);
    return chosen;
}

Habit pick(const std::vector<Habit>& habits, Random& random) {
    std::uint64_t all = 0;
    for (const Habit& habit : habits) all += habit.weight;
    std::uint64_t at = random.below(all);
    for (const Habit& habit : habits) {
        if (at < habit.weight) return habit;
        at -= habit.weight;
    }
    return habits.back();
}

Duration up_to(Duration max, Random& random) {
    return Duration(static_cast<Duration::rep>(random.below(static_cast<std::uint64_t>(max.count()) + 1)));
}

void draw_some(Story& story, const Habit& habit, Duration day, Random& random) {
    if (random.below(100) >= habit.percent) return;
    for (auto times = 1 + random.below(habit.weight); times > 0; --times)
        story.steps.push_back(
            {up_to(day, random), habit.act, milliseconds(50) + up_to(habit.lasts_max, random), random.next()});
}

// What happens besides. From a seed of its own: all else is as it would be without.
void draw_besides(Story& story, Duration day) {
    static constexpr std::array<Duration, 3> kEvery{seconds(5), seconds(12), seconds(30)};
    static constexpr std::uint64_t kOther = 0x9e3779b97f4a7c15U;
    fakes::SeededRandom random(story.seed ^ kOther);
    draw_some(story, {Act::kKeptOffline, 2, 20, seconds(40)}, day, random);
    draw_some(story, {Act::kPowerFails, 2, 20, seconds(20)}, day, random);
    if (random.below(3) != 0) return;
    story.heartbeat = kEvery[random.below(kEvery.size())];
    draw_some(story, {Act::kHeadquarters, 3, 80, seconds(45)}, day, random);
}

// One long night of many large transactions, and nothing else.
void draw_rush(Story& story, Random& random) {
    story.steps.clear();
    story.steps.push_back({seconds(2), Act::kNetwork, seconds(60), random.next()});
    for (int sale = 0; sale < kRushSales; ++sale)
        story.steps.push_back({seconds(3) + up_to(seconds(40), random), Act::kSell, {}, random.next()});
}

}  // namespace

bool is_outage(Act act) {
    switch (act) {
        case Act::kNetwork:
        case Act::kSystem:
        case Act::kLogin:
        case Act::kBroker:
        case Act::kKill:
        case Act::kPowerCut:
        case Act::kDiskFull:
        case Act::kDiskFails:
        case Act::kKeptOffline:
        case Act::kPowerFails:
            return true;
        default:
            return false;
    }
}

std::string_view name_of(Act act) {
    static constexpr std::array<std::string_view, kActs> kNames{
        "sell",         "sell again",  "till dies",    "network",    "system",    "login",     "broker",   "kill",
        "power cut",    "upgrade",     "disk full",    "disk fails", "disk slow", "disk lies", "clock",    "person",
        "kept offline", "power fails", "headquarters", "redeem",     "look up",   "grant",     "catalogue"};
    return kNames[static_cast<std::size_t>(act)];
}

Story draw_story(std::uint64_t seed) {
    if (seed % kPointsEvery == kPointsEvery - 1) return draw_points_story(seed);
    fakes::SeededRandom random(seed);
    Story story;
    story.seed = seed;
    story.tills = 1 + static_cast<int>(random.below(4));
    story.in_flight = random.below(2) == 0 ? 1 : 1 + static_cast<int>(random.below(6));
    story.systems = 1 + static_cast<int>(random.below(3));
    story.sealed = random.below(4) == 0;
    story.login = random.below(3) != 0;
    // Soon, so that much is pruned; late, so that nothing may be before the story ends.
    if (random.below(4) == 0) story.retention = random.below(2) == 0 ? seconds(5) : std::chrono::minutes(10);
    story.small_disk = random.below(3) != 0;
    story.narrow = random.below(6) == 0;
    if (story.narrow) story.in_flight = 6;
    story.rush = random.below(100) < kRushPercent;
    const auto habits = draw_habits(random);
    const int outages = kOutagesMin + static_cast<int>(random.below(kOutagesMax - kOutagesMin + 1));
    const Duration day = seconds(12) * outages;
    int drawn = 0;
    for (int tries = 0; drawn < outages && tries < 100; ++tries) {
        const Habit habit = pick(habits, random);
        Step step{up_to(day, random), habit.act, milliseconds(50) + up_to(habit.lasts_max, random), random.next()};
        if (is_outage(habit.act)) ++drawn;
        story.steps.push_back(step);
    }
    if (random.below(100) < kLongPercent)
        story.steps.push_back({up_to(day, random), random.below(4) != 0 ? Act::kNetwork : Act::kSystem,
                               std::chrono::minutes(20) + up_to(std::chrono::minutes(40), random), random.next()});
    const bool bursts = story.narrow || random.below(3) == 0;
    for (int sale = 0; sale < outages * kSalesPerOutage; ++sale) {
        Duration at = up_to(day, random);
        if (bursts) at -= at % seconds(6);
        story.steps.push_back({at, Act::kSell, {}, random.next()});
    }
    if (story.rush)
        draw_rush(story, random);
    else
        draw_besides(story, day);
    std::ranges::stable_sort(story.steps, {}, &Step::at);
    return story;
}

}  // namespace tillkeeper::simulation
