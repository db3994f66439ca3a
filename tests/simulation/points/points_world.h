// PointsWorld: a few stores and one loyalty engine, living through one story. Each store has a time of its own; who
// comes first goes first.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/seeded_random.h"
#include "tests/simulation/points/judge.h"
#include "tests/simulation/points/points_cloud.h"
#include "tests/simulation/points/store.h"
#include "tests/simulation/world.h"

namespace tillkeeper::simulation {

class PointsWorld {
  public:
    PointsWorld(const Story& story, bool keep_lines, const Overhears& overhears);
    [[nodiscard]] Ending live();

  private:
    void do_step(const Step& step);
    void redeem(Store& store, Random& random);
    void sell(Store& store, Random& random);
    void look_up(Store& store, Random& random);
    void ask_again(Random& random);
    void grant(Store& store, Random& random);
    // Somebody waits for an answer when it happens, for all kinds of cuts.
    void cut(const Step& step, Store& store, Random& random);
    void strike(const Step& step, Store& store, Random& random);
    void disturb_disk(const Step& step, Store& store, Random& random);
    void set_clock(const Step& step, Store& store, Random& random);
    void narrate(const Store& store, const std::string& who, const std::string& what);
    [[nodiscard]] std::string any_member(Random& random) const;

    void run_until(Duration when);
    void settle_up();
    void audit();

    const Story& story_;
    fakes::SeededRandom random_;
    Trace trace_;
    Rules rules_;
    PointsCloud cloud_{random_, trace_};
    Judge judge_;
    std::vector<std::unique_ptr<Store>> stores_;
    Duration now_{};
    std::uint64_t outages_ = 0;
    std::uint64_t asked_ = 0;
};

}  // namespace tillkeeper::simulation
