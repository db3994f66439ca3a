// PointsWorld, second half: the story runs, everything heals, and the books must agree.
#include <algorithm>
#include <limits>

#include "tests/simulation/points/points_world.h"

namespace tillkeeper::simulation {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kStepsMax = 3'000'000;
// Until the last lease is over and returned: it is looked for once a minute; then backoff of up to a minute, twice.
constexpr Duration kPatience = seconds(600);
constexpr Duration kLook = seconds(1);

}  // namespace

void PointsWorld::run_until(Duration when) {
    const MonotonicTime end(when);
    while (judge_.first_broken().empty()) {
        const auto first = std::ranges::min_element(stores_, {}, [](const auto& store) { return store->next(); });
        const MonotonicTime next = (*first)->next();
        if (next > end) break;
        now_ = std::max(now_, next.time_since_epoch());
        (*first)->step(end);
        if ((*first)->schedule.steps() > kStepsMax) judge_.broken(now_, "it never comes to rest: a hang");
    }
    for (const auto& store : stores_) store->step(end);
    now_ = when;
}

Ending PointsWorld::live() {
    for (const auto& store : stores_) store->box->start();
    Duration end{};
    for (const Step& step : story_.steps) {
        run_until(step.at);
        if (!judge_.first_broken().empty()) break;
        do_step(step);
        end = std::max(end, step.at + step.lasts);
    }
    run_until(end);
    trace_.add(now_, "world", "everything heals");
    cloud_.heal();
    for (const auto& store : stores_) store->heal();
    settle_up();
    audit();
    Ending ending{.broken = judge_.first_broken(),
                  .hash = trace_.hash(),
                  .outages = outages_,
                  .sales = judge_.asked(),
                  .accepted = judge_.approved(),
                  .lived = now_,
                  .lines = trace_.lines()};
    for (const auto& store : stores_) ending.steps += store->schedule.steps();
    return ending;
}

void PointsWorld::settle_up() {
    std::string open;
    for (const Duration until = now_ + kPatience; now_ < until && judge_.first_broken().empty();) {
        open = judge_.unsettled();
        const bool all_run = std::ranges::all_of(stores_, [](const auto& store) { return store->box->running(); });
        if (open.empty() && all_run) return;
        run_until(now_ + kLook);
    }
    if (!open.empty()) judge_.broken(now_, "after everything healed: " + open);
}

void PointsWorld::audit() {
    for (std::size_t i = 0; i < stores_.size() && judge_.first_broken().empty(); ++i) {
        const auto reader = stores_[i]->box->read();
        if (reader == nullptr) return judge_.broken(now_, "[storage-8] the journal cannot be opened");
        judge_.audit(i, *reader);
    }
}

}  // namespace tillkeeper::simulation
