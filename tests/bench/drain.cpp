// c: how quickly a backlog leaves, against a load generator that posts the same bodies to the same server.
//
// Counted from the first batch that took effect to the last, as the server saw it.
#include <chrono>

#include "tests/bench/figures.h"
#include "tests/bench/fill_journal.h"
#include "tests/bench/load_generator.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::bench {
namespace {

constexpr auto kPatience = std::chrono::minutes(10);
constexpr std::int64_t kBatchItems = 200;  // the agent's default
constexpr auto kLook = std::chrono::milliseconds(10);

using Seconds = std::chrono::duration<double>;

// Sales per second of one drain of the journal in `data` to that destination.
Result<double> drain_once(Store& store, const std::filesystem::path& data, lab::DestinationSetup destination,
                          std::int64_t sales) {
    const std::string name = destination.name;
    if (auto cleared = store.cloud().control().clear_ledger(); !cleared) return std::unexpected(cleared.error());
    auto agent = store.agent(data, {std::move(destination)});
    if (!agent) return std::unexpected(agent.error());
    if (auto started = agent->start(); !started) return std::unexpected(started.error());
    std::int64_t count = 0;
    const auto reached = [&](std::int64_t wanted) {
        return lab::wait_until([&] { return (count = store.cloud().count(name)) >= wanted; }, kPatience, kLook, [] {});
    };
    if (!reached(1)) return fail(ErrorCode::kUnavailable, "nothing was delivered: " + agent->log());
    const std::int64_t before = count;
    const auto start = std::chrono::steady_clock::now();
    if (!reached(sales)) return fail(ErrorCode::kUnavailable, "not everything was delivered: " + agent->log());
    const Seconds took = std::chrono::steady_clock::now() - start;
    return static_cast<double>(sales - before) / took.count();
}

Result<std::filesystem::path> copy_of(const std::filesystem::path& journal) {
    const std::filesystem::path copy = journal.string() + "-copy";
    std::error_code failed;
    std::filesystem::remove_all(copy, failed);
    std::filesystem::copy(journal, copy, failed);
    if (failed) return fail(ErrorCode::kIo, "cannot copy the journal: " + failed.message());
    return copy;
}

Result<void> measure_against_h2load(Store& store, const std::filesystem::path& journal, std::int64_t sales, bool gzip,
                                    Goal goal) {
    const auto body = store.folder() / "batch.body";
    if (auto done = write_batch(journal, gzip, body); !done) return done;
    auto destination = store.cloud().destination("bench");
    destination.more += gzip ? "gzip = true\n" : "gzip = false\n";
    std::vector<double> ours;
    std::vector<double> limit;
    double items = 0;
    for (int i = 0; i < store.options().repetitions; ++i) {
        const auto posted = run_h2load(store, body, gzip, std::max<std::int64_t>(sales / kBatchItems, 1));
        if (!posted) return std::unexpected(posted.error());
        limit.push_back(posted->sales_per_second);
        items = posted->items;
        auto data = copy_of(journal);
        if (!data) return std::unexpected(data.error());
        const auto drained = drain_once(store, *data, destination, sales);
        if (!drained) return std::unexpected(drained.error());
        ours.push_back(*drained);
    }
    store.add({.name = "drain of " + std::to_string(sales) + " sales, " + (gzip ? "gzip" : "plain") + ", HTTP/2",
               .ours = with_unit(median(ours), 0, "/s"),
               .limit = with_unit(median(limit), 0, "/s") + " h2load, " + with_unit(items, 0, "in a body"),
               .judged = median(ours) / median(limit),
               .unit = "x",
               .goal = goal});
    return {};
}

Result<void> measure_with_mapping(Store& store, const std::filesystem::path& journal, std::int64_t sales) {
    auto data = copy_of(journal);
    if (!data) return std::unexpected(data.error());
    const auto drained = drain_once(store, *data, store.cloud().destination("erp"), sales);
    if (!drained) return std::unexpected(drained.error());
    store.add({.name = "drain with the mapping erp.jq, gzip",
               .ours = with_unit(*drained, 0, "/s"),
               .limit = "",
               .judged = *drained,
               .unit = "/s"});
    return {};
}

}  // namespace

Result<void> measure_drain(Store& store) {
    if (auto back = store.cloud().control().clear_faults(); !back) return back;
    const auto journal = store.folder() / "drain";
    const auto sales = store.options().drained;
    if (auto filled = fill_journal(journal, sales); !filled) return filled;
    if (auto done = measure_against_h2load(store, journal, sales, true, at_least(0.8)); !done) return done;
    if (auto done = measure_against_h2load(store, journal, sales, false, {}); !done) return done;
    return measure_with_mapping(store, journal, sales);
}

}  // namespace tillkeeper::bench
