// d: how much memory the agent has, and how long it takes to its first answer, without and with a large backlog.
//
// Three destinations with the shipped mappings, the network cut, and tills that have sold something meanwhile.
#include <algorithm>
#include <chrono>

#include "tests/bench/figures.h"
#include "tests/bench/fill_journal.h"
#include "tests/bench/resident.h"
#include "tests/e2e/json.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::bench {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);

Result<lab::Agent> make_agent(Store& store, const std::filesystem::path& data) {
    std::vector<lab::DestinationSetup> destinations;
    for (const auto* name : {"erp", "oms", "crm"}) destinations.push_back(store.cloud().destination(name));
    return store.agent(data, std::move(destinations));
}

// After some traffic of a daemon that has settled, when everything that waits has noticed that the network is cut.
Result<Memory> settled_memory(Store& store, lab::Agent& agent) {
    const auto settled = std::chrono::steady_clock::now() + store.options().settling;
    static_cast<void>(
        lab::wait_until([&] { return std::chrono::steady_clock::now() >= settled; }, 2 * store.options().settling));
    const TillsRun traffic{.tills = kTills, .sales = store.options().sales / 10, .in_flight = 8};
    if (auto sold = store.sell(traffic); !sold) return std::unexpected(sold.error());
    const auto offline = [&] {
        const auto status = agent.status();
        return status && (*status)["state"].text() == "offline";
    };
    if (!lab::wait_until(offline, kPatience)) return fail(ErrorCode::kUnavailable, "not offline: " + agent.log());
    return memory_of(agent.process()->pid());
}

// From the start of the program until a till that waits has its answer: the sale is with the broker already.
Result<double> seconds_to_first_answer(Store& store, lab::Agent& agent) {
    lab::ProcessOptions till;
    till.command = store.tills_command(store.bus(), {.tills = 1, .sales = 1}, store.next_seed());
    till.command.push_back("--json");
    till.output = store.folder() / ("first-answer-" + std::to_string(store.next_seed()));
    auto waiting = lab::Process::start(till);
    if (!waiting) return std::unexpected(waiting.error());
    // The second report comes a quarter of a second after the first, long after the till has connected.
    const auto sold = [&] {
        const auto text = lab::read_file(till.output);
        return std::ranges::count(text, '\n') > 2 && text.find("\"waiting\":1") != std::string::npos;
    };
    if (!lab::wait_until(sold, kPatience)) return fail(ErrorCode::kUnavailable, "the till did not sell");
    const auto start = std::chrono::steady_clock::now();
    if (auto started = agent.start(); !started) return std::unexpected(started.error());
    if (waiting->wait(kPatience) != 0) return fail(ErrorCode::kUnavailable, "no answer: " + agent.log());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Measured {
    Memory memory;
    Memory broker;
    std::vector<double> starts;
};

Result<void> measure_starts(Store& store, lab::Agent& agent, Measured& into) {
    for (int i = 0; i < store.options().repetitions; ++i) {
        const auto took = seconds_to_first_answer(store, agent);
        if (!took) return std::unexpected(took.error());
        into.starts.push_back(*took);
        static_cast<void>(agent.stop());
    }
    return {};
}

// The first start makes the agent's session at the broker, which keeps sales for it from then on.
Result<Measured> measure_agent(Store& store, const std::filesystem::path& data) {
    auto agent = make_agent(store, data);
    if (!agent) return std::unexpected(agent.error());
    if (auto started = agent->start(); !started) return std::unexpected(started.error());
    Measured measured;
    auto memory = settled_memory(store, *agent);
    if (!memory) return std::unexpected(memory.error());
    measured.memory = *memory;
    measured.broker = memory_of(store.bus().process()->pid());
    static_cast<void>(agent->stop());
    if (auto done = measure_starts(store, *agent, measured); !done) return std::unexpected(done.error());
    return measured;
}

void add_rows(Store& store, const Measured& none, const Measured& many) {
    const std::string backlog = std::to_string(store.options().backlog) + " backlogged";
    const bool ours = store.options().agent.empty();
    const auto row = [&](const std::string& name, const Memory& memory) {
        store.add({.name = name,
                   .ours = with_unit(memory.resident, 1, "MiB") + ", of it anonymous " +
                           with_unit(memory.anonymous, 1, "MiB"),
                   .limit = "",
                   .judged = memory.resident,
                   .unit = "MiB",
                   .goal = at_most(ours ? 16 : 12)});
    };
    row("resident memory, nothing backlogged", none.memory);
    row("resident memory, " + backlog, many.memory);
    store.add({.name = "resident memory of agent and broker, " + backlog,
               .ours = with_unit(many.memory.resident + many.broker.resident, 1, "MiB"),
               .limit = with_unit(many.broker.resident, 1, "MiB") + " the broker",
               .judged = many.memory.resident + many.broker.resident,
               .unit = "MiB",
               .goal = ours ? Goal{} : at_most(20)});
    store.add({.name = "resident memory, the difference",
               .ours = with_unit(many.memory.resident, 1, "MiB"),
               .limit = with_unit(none.memory.resident, 1, "MiB") + " with none",
               .judged = many.memory.resident - none.memory.resident,
               .unit = "MiB",
               .goal = at_most(2)});
    store.add({.name = "start to first answer, " + backlog,
               .ours = with_unit(median(many.starts), 3, "s"),
               .limit = with_unit(median(none.starts), 3, "s") + " with none",
               .judged = median(many.starts) - median(none.starts),
               .unit = "s",
               .goal = at_most(0.3)});
}

}  // namespace

Result<void> measure_memory(Store& store) {
    if (auto cut = store.cloud().control().cut_network(); !cut) return cut;
    const auto none = measure_agent(store, store.folder() / "memory-none");
    if (!none) return std::unexpected(none.error());
    const auto data = store.folder() / "memory-many";
    if (auto filled = fill_journal(data, store.options().backlog); !filled) return filled;
    const auto many = measure_agent(store, data);
    if (!many) return std::unexpected(many.error());
    add_rows(store, *none, *many);
    std::filesystem::remove_all(data);
    return {};
}

}  // namespace tillkeeper::bench
