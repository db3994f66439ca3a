// bench: every figure beside its limit, in one run. README.md tells what each means.
#include <CLI/CLI.hpp>
#include <cmath>
#include <fstream>
#include <iostream>

#include "tests/bench/figures.h"
#include "tests/bench/fill_journal.h"
#include "tests/bench/machine.h"

namespace tillkeeper::bench {
namespace {

struct Part {
    char letter;
    Result<void> (*measure)(Store&);
};

constexpr Part kParts[] = {{'a', measure_answers}, {'b', measure_throughput}, {'c', measure_drain},
                           {'d', measure_memory},  {'e', measure_flash},      {'f', measure_lookups},
                           {'g', measure_refresh}};

void be_quick(Options& options) {
    options.sales = 400;
    options.drained = 4000;
    options.backlog = 5000;
    options.members = 3000;
    options.products = 1000;
    options.refreshed = 3000;
    options.repetitions = 1;
    options.settling = {};
}

// Produced, and possible at all: times and sizes are not judged here.
bool sane(const Figure& figure) {
    return std::isfinite(figure.judged) && (figure.judged > 0 || figure.name.find("difference") != std::string::npos ||
                                            figure.name.starts_with("start"));
}

int run(const Options& options) {
    auto store = Store::open(options);
    if (!store) {
        std::cerr << "bench: " << store.error().message << '\n';
        return 1;
    }
    const double load_before = load();
    bool fine = true;
    for (const auto& part : kParts) {
        if (!options.wants(part.letter)) continue;
        auto measured = part.measure(**store);
        if (measured) continue;
        std::cerr << "bench: " << part.letter << ": " << measured.error().message << '\n';
        fine = false;
    }
    const auto& figures = (*store)->figures();
    const std::string when = describe_machine((*store)->folder()) + "; load average before the run " +
                             with_unit(load_before, 1, "") + ", after it " + with_unit(load(), 1, "");
    std::cout << when << "\n\n" << to_text(figures);
    if (!options.markdown.empty()) std::ofstream(options.markdown) << when << "\n\n" << to_markdown(figures);
    for (const auto& figure : figures) fine = fine && sane(figure);
    return fine && !figures.empty() ? 0 : 1;
}

}  // namespace
}  // namespace tillkeeper::bench

int main(int argc, char** argv) {
    tillkeeper::bench::Options options;
    bool quick = false;
    std::string fill;
    CLI::App app("Measures Tillkeeper beside its limits. Exit 0: everything could be measured; goals may be missed.");
    app.add_flag("--quick", quick, "so little that only the measuring is tested");
    app.add_option("--only", options.only,
                   "some of a (answers) b (throughput) c (drain) d (memory) e (flash) f (look-ups) g (refresh)");
    app.add_option("--sales", options.sales, "per repetition of the throughput; others follow")
        ->check(CLI::Range(100, 10'000'000));
    app.add_option("--drained", options.drained, "backlog that is drained")->check(CLI::Range(200, 100'000'000));
    app.add_option("--backlog", options.backlog, "backlog for memory and start-up")->check(CLI::Range(1, 100'000'000));
    app.add_option("--members", options.members, "in the copies that are looked up")
        ->check(CLI::Range(100, 90'000'000));
    app.add_option("--products", options.products, "likewise")->check(CLI::Range(100, 90'000'000));
    app.add_option("--refreshed", options.refreshed, "members pulled anew")->check(CLI::Range(100, 90'000'000));
    app.add_option("--mirrors", options.mirrors, "folder of the copies; filled when there are none, and kept");
    app.add_option("--repetitions", options.repetitions, "alternating; medians are shown")->check(CLI::Range(1, 99));
    app.add_option("--agent", options.agent, "another build of the daemon, such as one in an emulator");
    app.add_option("--broker", options.broker, "another build of the broker");
    app.add_option("--guard", options.guard, "the guard that this broker loads");
    app.add_option("--markdown", options.markdown, "write the table there as well");
    app.add_option("--fill", fill, "measure nothing: make a journal with that backlog in this folder");
    CLI11_PARSE(app, argc, argv);
    std::erase(options.only, ',');
    if (quick) tillkeeper::bench::be_quick(options);
    if (!fill.empty()) {
        if (auto filled = tillkeeper::bench::fill_journal(fill, options.backlog)) return 0;
        std::cerr << "bench: no journal could be made in " << fill << '\n';
        return 1;
    }
    return tillkeeper::bench::run(options);
}
