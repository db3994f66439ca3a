// Store: a box with its disk, its broker, its network and its tills, in a time of its own that runs beside the others'.
#pragma once

#include <memory>
#include <string>

#include "tests/fakes/seeded_random.h"
#include "tests/simulation/box.h"
#include "tests/simulation/broker.h"
#include "tests/simulation/network.h"
#include "tests/simulation/points/counter.h"
#include "tests/simulation/points/judge.h"
#include "tests/simulation/points/points_cloud.h"
#include "tests/simulation/story.h"

namespace tillkeeper::simulation {

class Store {
  public:
    using Overhears = std::function<void(const MqttMessage&)>;
    struct Parts {
        const Story& story;
        PointsCloud& cloud;
        Judge& judge;
        Trace& trace;
        Rules rules;
        const Overhears& overhears;
    };
    Store(Parts parts, std::size_t index);

    // The next thing that happens here; the end of time when nothing does.
    [[nodiscard]] MonotonicTime next() const { return schedule.next(); }
    // It happens, if it does before `end`.
    void step(MonotonicTime end);
    [[nodiscard]] Duration now() const { return schedule.clock.since_start(); }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::size_t index() const { return index_; }
    [[nodiscard]] StoreFacts& facts() { return parts_.judge.store(index_); }
    void heal();

  private:
    std::size_t index_;
    std::string name_;
    Parts parts_;
    fakes::SeededRandom random_;

  public:
    Schedule schedule{random_};

  private:
    Promises promises_{schedule.clock, parts_.trace};

  public:
    Broker broker{schedule, random_, parts_.trace};
    Network network{schedule, random_, parts_.trace};
    std::unique_ptr<Box> box;
    std::unique_ptr<Counter> counter;

  private:
    void furnish(agent::Config& config) const;
    void listen();
};

}  // namespace tillkeeper::simulation
