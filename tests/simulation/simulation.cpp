// simulation: lives through stories of stores, thousands of times faster than stores do. See README.md.
//
//   simulation --outages 20000 --seed 1    plays stories from that seed on; exit 1 when a promise was broken
//   simulation --story 4711 --tell         plays one story and tells it

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <set>
#include <string>
#include <thread>

#include "platform/log.h"
#include "tests/contract/message_file.h"
#include "tests/simulation/shrink.h"
#include "tests/simulation/workers.h"
#include "tests/simulation/world.h"

namespace {

using namespace tillkeeper::simulation;

void print_line(const std::string& text, bool passing) {
    static const bool terminal = isatty(STDOUT_FILENO) == 1;
    if (passing && !terminal) return;
    std::printf(terminal ? "\r\033[K%s%s" : "%s%s", text.c_str(), passing ? "" : "\n");
    std::fflush(stdout);
}

void show_progress(const Totals& so_far, std::uint64_t wanted) {
    const double share = std::min(1.0, static_cast<double>(so_far.outages) / static_cast<double>(wanted));
    std::string bar(static_cast<std::size_t>(share * 30), '#');
    bar.resize(30, '.');
    print_line('[' + bar + "] " + std::to_string(so_far.outages) + " of " + std::to_string(wanted) + " outages, " +
                   std::to_string(so_far.accepted) + " transactions accepted",
               true);
}

void tell(const Story& story, const Ending& ending) {
    constexpr std::size_t kLinesMax = 400;
    if (story.stores > 0)
        std::printf("\n%d store%s with one loyalty engine%s:", story.stores, story.stores == 1 ? "" : "s",
                    story.allowance ? ", and an allowance" : "");
    std::printf("\nA store with %d till%s (%d in flight), %d system%s%s%s%s:\n", story.tills,
                story.tills == 1 ? "" : "s", story.in_flight, story.systems, story.systems == 1 ? "" : "s",
                story.login ? ", logins" : "", story.sealed ? ", sealed" : "",
                story.prunes() ? ", short retention" : "");
    const std::size_t skip = ending.lines.size() > kLinesMax ? ending.lines.size() - kLinesMax : 0;
    if (skip > 0) std::printf("  (the first %zu lines are left out)\n", skip);
    for (std::size_t i = skip; i < ending.lines.size(); ++i) std::printf("%s\n", ending.lines[i].c_str());
}

// Twice the same, to the last bit; then as short as it can be told.
void explain(const Totals& bad, bool points, int shrink_tries) {
    std::printf("story %llu: %s\n", static_cast<unsigned long long>(bad.bad_seed), bad.broken.c_str());
    std::printf("again:     tests/simulation/run --story %llu --tell%s\n",
                static_cast<unsigned long long>(bad.bad_seed), points ? " --points" : "");
    std::fflush(stdout);
    if (shrink_tries == 0 || bad.broken.starts_with("a hang") || bad.broken.starts_with("the simulation")) return;
    const Story story = points ? draw_points_story(bad.bad_seed) : draw_story(bad.bad_seed);
    const Ending ending = play(story, false);
    std::printf("replayed:  %s\n", ending.broken == bad.broken || ending.broken.starts_with(bad.broken.substr(0, 150))
                                       ? "the same"
                                       : ("ANOTHER ENDING: " + ending.broken).c_str());
    const Story shortest = shrink(story, ending, shrink_tries, [](int tries, std::size_t left) {
        print_line("shrinking: try " + std::to_string(tries) + ", " + std::to_string(left) + " steps left", true);
    });
    const Ending told = play(shortest, true);
    std::printf("shrunk:    from %zu steps to %zu\n", story.steps.size(), shortest.steps.size());
    tell(shortest, told);
}

int play_one(const Story& story, bool telling) {
    const Ending ending = play(story, telling);
    if (telling) tell(story, ending);
    std::printf("trace hash: %016llx\n", static_cast<unsigned long long>(ending.hash));
    std::printf("story %llu: %s\n", static_cast<unsigned long long>(story.seed),
                ending.broken.empty() ? "every promise was kept" : ending.broken.c_str());
    return ending.broken.empty() ? 0 : 1;
}

// What is said in many stories, each message once.
int write_messages(const std::string& path, std::uint64_t seed, std::uint64_t outages) {
    auto file = tillkeeper::contract::MessageFile::open(path);
    std::set<std::size_t> written;
    std::uint64_t stories = 0;
    for (std::uint64_t lived = 0; file && lived < outages; ++stories) {
        const Ending ending = play(draw_story(seed + stories), false, [&](const tillkeeper::MqttMessage& message) {
            if (!file || !written.insert(std::hash<std::string>{}(message.topic + '\n' + message.payload)).second)
                return;
            const auto added = file->add(message, "story " + std::to_string(seed + stories));
            if (!added) file = std::unexpected(added.error());
        });
        lived += ending.outages;
    }
    if (!file) std::fprintf(stderr, "simulation: %s\n", file.error().message.c_str());
    std::printf("stories=%llu messages=%zu\n", static_cast<unsigned long long>(stories), written.size());
    return file ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t outages = 20'000;
    std::uint64_t seed = 1;
    std::uint64_t story = 0;
    unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
    int shrink_tries = 300;
    std::string messages;
    bool points = false;
    bool telling = false;
    bool loud = false;
    CLI::App app("Lives through simulated outages of simulated stores and checks every promise.", "simulation");
    app.add_option("--outages", outages, "How many, at least")->capture_default_str();
    app.add_option("--seed", seed, "The first story")->capture_default_str();
    app.add_option("--jobs", jobs, "Processes")->capture_default_str();
    app.add_option("--shrink", shrink_tries, "Tries to shorten a bad story; 0: none")->capture_default_str();
    auto* one = app.add_option("--story", story, "Play only this story");
    app.add_flag("--points", points, "Only stories about points");
    app.add_flag("--tell", telling, "Tell the one story");
    app.add_flag("--log", loud, "Show what the daemon logs");
    app.add_option("--messages", messages, "Only append what is said on the bus to this file, see tests/contract");
    CLI11_PARSE(app, argc, argv);
    tillkeeper::set_log_level(loud ? tillkeeper::LogLevel::kDebug : static_cast<tillkeeper::LogLevel>(0));
    if (*one) return play_one(points ? draw_points_story(story) : draw_story(story), telling);
    if (!messages.empty()) return write_messages(messages, seed, outages);
    const Totals totals =
        play_all(seed, outages, points, jobs, [&](const Totals& so_far) { show_progress(so_far, outages); });
    print_line("", false);
    if (totals.bad) explain(totals, points, shrink_tries);
    std::printf("trace hash: %016llx\n", static_cast<unsigned long long>(totals.hash));
    std::printf("outages=%llu stories=%llu sales=%llu accepted=%llu virtual_days=%.1f broken=%d\n",
                static_cast<unsigned long long>(totals.outages), static_cast<unsigned long long>(totals.stories),
                static_cast<unsigned long long>(totals.sales), static_cast<unsigned long long>(totals.accepted),
                static_cast<double>(totals.lived_s) / 86400, totals.bad ? 1 : 0);
    return totals.bad ? 1 : 0;
}
