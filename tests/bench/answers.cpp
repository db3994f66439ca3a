// a: how long a till waits for a durable answer. b: how many answers there are in a second.
//
// The network is cut meanwhile: what is measured is the way from the till to the disk and back, and the simulated
// cloud takes no processor time from it.
#include "tests/bench/figures.h"
#include "tests/bench/sync_append.h"

namespace tillkeeper::bench {
namespace {

struct Answers {
    std::vector<double> ours_p50, ours_p99, echo_p50, echo_p99, append_p50, append_p99;
};

Result<lab::Agent> offline_agent(Store& store, const std::string& name) {
    if (auto cut = store.cloud().control().cut_network(); !cut) return std::unexpected(cut.error());
    auto agent = store.agent(store.folder() / name, {store.cloud().destination("bench")});
    if (!agent) return agent;
    if (auto started = agent->start(); !started) return std::unexpected(started.error());
    return agent;
}

Result<void> measure_once(Store& store, const TillsRun& run, Answers& answers) {
    const auto echo = store.sell_to_echo(run);
    if (!echo) return std::unexpected(echo.error());
    const auto append = measure_appends(store.folder(), static_cast<int>(std::min<std::int64_t>(run.sales, 2000)));
    if (!append) return std::unexpected(append.error());
    const auto ours = store.sell(run);
    if (!ours) return std::unexpected(ours.error());
    answers.echo_p50.push_back(echo->p50_us);
    answers.echo_p99.push_back(echo->p99_us);
    answers.append_p50.push_back(append->p50_us);
    answers.append_p99.push_back(append->p99_us);
    answers.ours_p50.push_back(ours->p50_us);
    answers.ours_p99.push_back(ours->p99_us);
    return {};
}

void add_row(Store& store, const std::string& name, double ours, double echo, double append, Goal goal) {
    store.add({.name = name,
               .ours = with_unit(ours, 0, "us"),
               .limit = with_unit(echo + append, 0, "us") + " = echo " + with_unit(echo, 0, "us") + " + append " +
                        with_unit(append, 0, "us"),
               .judged = ours / (echo + append),
               .unit = "x",
               .goal = goal});
}

}  // namespace

Result<void> measure_answers(Store& store) {
    auto agent = offline_agent(store, "answers");
    if (!agent) return std::unexpected(agent.error());
    for (const int tills : {1, kTills}) {
        const TillsRun run{.tills = tills, .sales = store.options().sales * (tills == 1 ? 1 : 2) / 10, .in_flight = 1};
        Answers answers;
        if (auto warm = store.sell(run); !warm) return std::unexpected(warm.error());
        for (int i = 0; i < store.options().repetitions; ++i)
            if (auto done = measure_once(store, run, answers); !done) return done;
        const std::string name = "durable answer, " + std::to_string(tills) + (tills == 1 ? " till, " : " tills, ");
        add_row(store, name + "p50", median(answers.ours_p50), median(answers.echo_p50), median(answers.append_p50),
                at_most(1.5));
        add_row(store, name + "p99", median(answers.ours_p99), median(answers.echo_p99), median(answers.append_p99),
                at_most(2));
    }
    return {};
}

Result<void> measure_throughput(Store& store) {
    auto agent = offline_agent(store, "throughput");
    if (!agent) return std::unexpected(agent.error());
    const TillsRun run{.tills = kTills, .sales = store.options().sales, .in_flight = 64};
    std::vector<double> ours;
    std::vector<double> echo;
    for (int i = 0; i < store.options().repetitions; ++i) {
        const auto echoed = store.sell_to_echo(run);
        if (!echoed) return std::unexpected(echoed.error());
        const auto sold = store.sell(run);
        if (!sold) return std::unexpected(sold.error());
        echo.push_back(echoed->per_second);
        ours.push_back(sold->per_second);
    }
    store.add({.name = "throughput, 8 tills, 64 in flight each",
               .ours = with_unit(median(ours), 0, "/s"),
               .limit = with_unit(median(echo), 0, "/s") + " bare echo",
               .judged = median(ours) / median(echo),
               .unit = "x",
               .goal = at_least(0.6)});
    return {};
}

}  // namespace tillkeeper::bench
