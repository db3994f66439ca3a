// e: how many bytes reach the device for each byte that a till handed over: what wears out flash.
//
// The whole daemon runs, the network is there and one destination is delivered to, so that cursors move as well.
#include <iostream>

#include "tests/bench/figures.h"
#include "tests/bench/fill_journal.h"
#include "tests/bench/loop_device.h"

namespace tillkeeper::bench {
namespace {

constexpr double kTrickleRate = 20;  // sales per second

// Bytes on the device per byte of JSON, for one run with a fresh journal, until the agent has stopped.
Result<double> wear_of(Store& store, LoopDevice& device, const TillsRun& run, const std::string& name) {
    if (auto cleared = store.cloud().control().clear_ledger(); !cleared) return std::unexpected(cleared.error());
    auto agent = store.agent(device.folder() / name, {store.cloud().destination("bench")});
    if (!agent) return std::unexpected(agent.error());
    if (auto started = agent->start(); !started) return std::unexpected(started.error());
    const double before = device.written_bytes();
    const auto sold = store.sell(run);
    if (!sold) return std::unexpected(sold.error());
    static_cast<void>(agent->stop());
    return (device.written_bytes() - before) / json_bytes(run.sales, run.tills, sold->seed);
}

Result<void> add_row(Store& store, LoopDevice& device, const TillsRun& run, const std::string& name, Goal goal) {
    std::vector<double> wear;
    for (int i = 0; i < (run.rate > 0 ? 1 : store.options().repetitions); ++i) {
        const auto once = wear_of(store, device, run, "flash-" + std::to_string(i) + (run.rate > 0 ? "-slow" : ""));
        if (!once) return std::unexpected(once.error());
        wear.push_back(*once);
    }
    store.add({.name = "device bytes per byte of JSON, " + name,
               .ours = with_unit(median(wear), 1, "B/B"),
               .limit = "1 B/B raw",
               .judged = median(wear),
               .unit = "x",
               .goal = goal});
    return {};
}

}  // namespace

Result<void> measure_flash(Store& store) {
    if (auto back = store.cloud().control().clear_faults(); !back) return back;
    auto device = LoopDevice::mount(store.folder() / "flash.ext4", store.folder() / "flash");
    if (!device) {
        std::cerr << "bench: device bytes need root and a loop device, and are left out: " << device.error().message;
        return {};
    }
    const TillsRun trickle{.tills = 1, .sales = store.options().sales / 20, .in_flight = 1, .rate = kTrickleRate};
    if (auto done = add_row(store, *device, trickle, "one till, 20 sales a second", at_most(20)); !done) return done;
    const TillsRun load{.tills = kTills, .sales = store.options().sales, .in_flight = 64};
    return add_row(store, *device, load, "full load", at_most(2.5));
}

}  // namespace tillkeeper::bench
