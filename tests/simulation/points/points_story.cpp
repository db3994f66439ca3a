#include <algorithm>
#include <array>

#include "tests/fakes/seeded_random.h"
#include "tests/simulation/story.h"

namespace tillkeeper::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Habit {
    Act act;
    std::uint64_t percent;  // of stories have it
    std::uint64_t times_max;
    Duration lasts_max;
};

constexpr std::array kHabits{
    Habit{Act::kNetwork, 80, 4, seconds(25)},
    Habit{Act::kSystem, 60, 3, seconds(20)},
    Habit{Act::kKill, 50, 3, seconds(3)},
    Habit{Act::kPowerCut, 40, 2, seconds(6)},
    Habit{Act::kBroker, 25, 2, seconds(4)},
    Habit{Act::kUpgrade, 10, 1, seconds(2)},
    Habit{Act::kClock, 30, 2, seconds(30)},
    Habit{Act::kDiskFull, 10, 1, seconds(10)},
    Habit{Act::kDiskFails, 10, 1, seconds(8)},
    Habit{Act::kDiskSlow, 10, 1, seconds(10)},
    Habit{Act::kGrant, 80, 4, {}},
    Habit{Act::kCatalogue, 60, 4, {}},
    Habit{Act::kSellAgain, 60, 4, {}},
    Habit{Act::kSell, 40, 3, {}},
};
constexpr Duration kDay = seconds(60);

Duration up_to(Duration max, Random& random) {
    return Duration(static_cast<Duration::rep>(random.below(static_cast<std::uint64_t>(max.count()) + 1)));
}

}  // namespace

Story draw_points_story(std::uint64_t seed) {
    fakes::SeededRandom random(seed);
    Story story;
    story.seed = seed;
    story.stores = 1 + static_cast<int>(random.below(3) != 0);
    story.tills = 1 + static_cast<int>(random.below(3));
    story.login = false;
    story.sealed = random.below(4) == 0;
    story.allowance = random.below(2) == 0;
    const auto add = [&](Act act, Duration lasts) {
        story.steps.push_back({seconds(1) + up_to(kDay, random), act, lasts, random.next()});
    };
    for (const Habit& habit : kHabits) {
        if (random.below(100) >= habit.percent) continue;
        const auto times = 1 + random.below(habit.times_max);
        for (std::uint64_t time = 0; time < times; ++time)
            add(habit.act,
                habit.lasts_max == Duration{} ? Duration{} : milliseconds(50) + up_to(habit.lasts_max, random));
    }
    for (auto left = 4 + random.below(8); left > 0; --left) add(Act::kRedeem, {});
    for (auto left = 2 + random.below(8); left > 0; --left) add(Act::kLookUp, {});
    if (std::ranges::none_of(story.steps, [](const Step& step) { return is_outage(step.act); }))
        add(Act::kNetwork, seconds(5));
    std::ranges::stable_sort(story.steps, {}, &Step::at);
    return story;
}

}  // namespace tillkeeper::simulation
