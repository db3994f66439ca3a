// World: one store with everything around it, living through one story.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/seeded_random.h"
#include "tests/simulation/box.h"
#include "tests/simulation/broker.h"
#include "tests/simulation/cloud.h"
#include "tests/simulation/headquarters.h"
#include "tests/simulation/kept_offline.h"
#include "tests/simulation/network.h"
#include "tests/simulation/person.h"
#include "tests/simulation/power_line.h"
#include "tests/simulation/promises.h"
#include "tests/simulation/story.h"
#include "tests/simulation/till.h"
#include "tests/simulation/told_state.h"

namespace tillkeeper::simulation {

struct Ending {
    std::string broken;  // the first broken promise, or ""
    std::uint64_t hash = 0;
    std::uint64_t steps = 0;  // of the schedule
    std::uint64_t outages = 0;
    std::uint64_t sales = 0;         // handed over
    std::uint64_t accepted = 0;      // told
    Duration lived{};                // virtual
    std::vector<std::string> lines;  // where asked for
};

// Plays the story to its end: all its steps, then everything heals, tills and systems must get what they are owed, a
// person decides about the rest, and the journal is audited. Bounded: it returns whatever the daemon does. `overhears`
// is told every message that the daemon hears or says.
using Overhears = std::function<void(const MqttMessage&)>;
[[nodiscard]] Ending play(const Story& story, bool keep_lines, const Overhears& overhears = {});

class World {
  public:
    World(const Story& story, bool keep_lines, const Overhears& overhears);
    [[nodiscard]] Ending live();

  private:
    void build_systems();
    void listen(const Overhears& overhears);
    void do_step(const Step& step);
    void sell(const Step& step);
    [[nodiscard]] std::string refer_to(const Sale& earlier, Random& random);
    void sell_again(const Step& step);
    void disturb_cloud(const Step& step);
    void disturb_disk(const Step& step);
    void strike_box(const Step& step);
    void keep_offline(const Step& step);
    void warn_of_power(const Step& step);
    void set_clock(const Step& step, Duration lasts, bool trusted);
    void narrate(std::string_view who, std::string what);
    [[nodiscard]] Duration now() const { return schedule_.clock.since_start(); }

    void run_until(Duration when);
    // Until `condition` holds, looked at now and then; false after `patience`.
    template <typename Condition>
    [[nodiscard]] bool wait_for(Duration patience, Condition condition);
    [[nodiscard]] bool beyond_help() const;
    void heal();
    void outwait();
    void settle_up();
    [[nodiscard]] std::string unsettled(bool but_held);
    void look_at_memory();
    void look_at_pruning();
    void last_sale();
    void grow_old();
    void check_status();
    void check_queue_told();
    void check_headquarters();
    void audit();

    const Story& story_;
    fakes::SeededRandom random_;
    Trace trace_;
    Schedule schedule_{random_};
    Promises promises_{schedule_.clock, trace_};
    ToldState told_{schedule_.clock, promises_};
    Broker broker_{schedule_, random_, trace_};
    Network network_{schedule_, random_, trace_};
    Cloud cloud_{schedule_, random_, trace_, promises_};
    std::unique_ptr<KeptOffline> kept_offline_;  // these two before the box, which tells them of its end
    std::unique_ptr<PowerLine> power_line_;
    Headquarters headquarters_;
    std::unique_ptr<Box> box_;
    std::unique_ptr<Person> person_;
    std::vector<std::unique_ptr<SimulatedTill>> tills_;
    std::uint64_t outages_ = 0;
    std::uint64_t sold_ = 0;
    Duration quiet_from_{};  // what was set off before is over then
};

}  // namespace tillkeeper::simulation
