#include "tests/simulation/workers.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <new>
#include <vector>

#include "tests/simulation/world.h"

namespace tillkeeper::simulation {
namespace {

constexpr long kStorySecondsMax = 20;  // of processor time: a story takes a hundredth of a second
constexpr int kLookMilliseconds = 200;

// Between the processes, in shared memory.
struct Board {
    std::atomic<std::uint64_t> stories, outages, sales, accepted, lived_s, steps;
    std::atomic<std::uint64_t> bad_story;  // the lowest; ~0: none
    std::atomic<bool> hung;
};
struct Outcome {
    std::uint64_t hash;
    std::array<char, 200> broken;
};
Board* board = nullptr;
std::atomic<std::uint64_t> current_story;

void on_hang(int) {
    board->hung = true;
    board->bad_story = current_story.load();
    _exit(3);
}

void watch_the_clock(long seconds) {
    const itimerval limit{.it_interval = {}, .it_value = {.tv_sec = seconds, .tv_usec = 0}};
    setitimer(ITIMER_PROF, &limit, nullptr);
}

void lower(std::atomic<std::uint64_t>& value, std::uint64_t candidate) {
    std::uint64_t seen = value.load();
    while (candidate < seen && !value.compare_exchange_weak(seen, candidate)) {
    }
}

Story drawn(std::uint64_t seed, bool points) {
    return points ? draw_points_story(seed) : draw_story(seed);
}

void work(bool points, std::uint64_t first_seed, std::uint64_t begin, std::uint64_t step, std::uint64_t end,
          Outcome* outcomes) {
    std::signal(SIGPROF, on_hang);
    for (std::uint64_t story = begin; story < end && story < board->bad_story; story += step) {
        current_story = story;
        watch_the_clock(kStorySecondsMax);
        const Ending ending = play(drawn(first_seed + story, points), false);
        outcomes[story].hash = ending.hash;
        ending.broken.copy(outcomes[story].broken.data(), outcomes[story].broken.size() - 1);  // the rest is zero
        if (!ending.broken.empty()) lower(board->bad_story, story);
        ++board->stories;
        board->outages += ending.outages;
        board->sales += ending.sales;
        board->accepted += ending.accepted;
        board->lived_s += static_cast<std::uint64_t>(ending.lived.count() / 1'000'000);
        board->steps += ending.steps;
    }
    watch_the_clock(0);
}

template <typename T>
T* shared(std::size_t count) {
    void* memory = mmap(nullptr, sizeof(T) * count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return static_cast<T*>(memory);
}

std::uint64_t stories_for(bool points, std::uint64_t first_seed, std::uint64_t outages) {
    std::uint64_t stories = 0;
    for (std::uint64_t found = 0; found < outages; ++stories) {
        const Story story = drawn(first_seed + stories, points);
        found += static_cast<std::uint64_t>(
            std::ranges::count_if(story.steps, [](const Step& step) { return is_outage(step.act); }));
    }
    return stories;
}

Totals so_far() {
    return {.stories = board->stories,
            .outages = board->outages,
            .sales = board->sales,
            .accepted = board->accepted,
            .lived_s = board->lived_s,
            .steps = board->steps,
            .hash = 0,
            .bad = false,
            .bad_seed = 0,
            .broken = {}};
}

// True when the process ended by itself; a crash is a bad story like any other.
bool wait_for_all(std::vector<pid_t> workers, const std::function<void(const Totals&)>& progress) {
    bool fine = true;
    while (!workers.empty()) {
        poll(nullptr, 0, kLookMilliseconds);
        std::erase_if(workers, [&](pid_t worker) {
            int status = 0;
            if (waitpid(worker, &status, WNOHANG) != worker) return false;
            if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
                std::raise(SIGXCPU);  // its time is over: so is ours
            fine = fine && WIFEXITED(status) && WEXITSTATUS(status) == 0;
            return true;
        });
        progress(so_far());
    }
    return fine;
}

}  // namespace

Totals play_all(std::uint64_t first_seed, std::uint64_t outages, bool points, unsigned jobs,
                const std::function<void(const Totals&)>& progress) {
    const std::uint64_t stories = stories_for(points, first_seed, outages);
    board = new (shared<Board>(1)) Board{};
    board->bad_story = ~std::uint64_t{0};
    auto* outcomes = shared<Outcome>(stories);
    std::vector<pid_t> workers;
    for (unsigned job = 0; job < jobs; ++job) {
        const pid_t worker = fork();
        if (worker == 0) {
            work(points, first_seed, job, jobs, stories, outcomes);
            _exit(0);
        }
        workers.push_back(worker);
    }
    const bool fine = wait_for_all(std::move(workers), progress);
    Totals totals = so_far();
    totals.hash = 0xcbf29ce484222325U;
    for (std::uint64_t story = 0; story < stories; ++story)
        totals.hash = (totals.hash ^ outcomes[story].hash) * 0x100000001b3U;
    totals.bad = !fine || board->bad_story != ~std::uint64_t{0};
    if (!totals.bad) return totals;
    const bool known = board->bad_story < stories;
    totals.bad_seed = first_seed + (known ? board->bad_story.load() : 0);
    totals.broken = board->hung ? "a hang: one task never ends"
                    : known     ? outcomes[board->bad_story].broken.data()
                                : "the simulation itself died";
    return totals;
}

}  // namespace tillkeeper::simulation
