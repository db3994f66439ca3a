// fault_calls: the k-th call of each kind fails, for every k, once and from then on. Exit 0 when nothing was lost,
// nothing false was said, and everything healed by itself.
#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <iostream>

#include "tests/crash/calls_memory.h"
#include "tests/crash/calls_store.h"

namespace {

using tillkeeper::crash::CallFault;
using tillkeeper::crash::ScarceMemory;
using tillkeeper::crash::SmallStore;
using tillkeeper::disk::Call;

struct Kind {
    std::string_view name;
    Call call;
    bool memory = false;
    bool room = false;  // not a call: each size that the disk may have
};

constexpr std::uint64_t kRoomStep = 8192;

constexpr std::array kKinds{Kind{"open", Call::kOpen},         Kind{"read", Call::kRead},
                            Kind{"write", Call::kWrite},       Kind{"sync", Call::kSync},
                            Kind{"truncate", Call::kTruncate}, Kind{"delete", Call::kDelete},
                            Kind{"access", Call::kAccess},     Kind{"file_size", Call::kFileSize},
                            Kind{"lock", Call::kLock},         Kind{"shm_map", Call::kShmMap},
                            Kind{"shm_lock", Call::kShmLock},  Kind{"any", Call::kAny},
                            Kind{"memory", Call::kAny, true},  Kind{"room", Call::kAny, false, true}};

struct Options {
    std::uint64_t seed = 1;
    std::uint64_t stride = 1;         // of calls
    std::uint64_t memory_stride = 5;  // of allocations: there are very many
    std::string kind;
    std::uint64_t nth = 0;
    bool expect_loss = false;
    bool until_lost = false;
};

struct Tally {
    std::uint64_t stories = 0;
    std::uint64_t lost = 0;
    std::map<std::string, int> told;
};

void live(const Options& options, const Kind& kind, const CallFault* fault, Tally& tally) {
    SmallStore store(options.seed);
    const std::string wrong = store.live(fault);
    ScarceMemory::fail(0, false);
    ++tally.stories;
    for (const auto& [what, count] : store.told()) tally.told[what] += count;
    if (wrong.empty()) return;
    if (++tally.lost <= 30)
        std::cout << "LOST kind=" << kind.name << " nth=" << (fault != nullptr ? fault->nth : 0)
                  << (fault != nullptr && fault->lasting ? " lasting" : " once") << " seed=" << options.seed << ": "
                  << wrong << std::endl;
}

// How often a story without faults makes such a call; faults make for some more.
std::uint64_t calls_of(const Options& options, const Kind& kind, Tally& tally) {
    const auto before = ScarceMemory::allocations();
    SmallStore store(options.seed);
    const std::string wrong = store.live(nullptr);
    if (!wrong.empty()) {
        ++tally.lost;
        std::cout << "LOST without any fault: " << wrong << std::endl;
    }
    if (kind.room) return store.disk().used_bytes() / kRoomStep + 8;
    return kind.memory ? ScarceMemory::allocations() - before : store.disk().calls(kind.call);
}

void try_all(const Options& options, const Kind& kind, Tally& tally) {
    const std::uint64_t calls = calls_of(options, kind, tally);
    const std::uint64_t stride = kind.memory ? options.memory_stride : options.stride;
    const std::uint64_t first = options.nth != 0 ? options.nth : 1 + options.seed % stride;
    const std::uint64_t last = options.nth != 0 ? options.nth : calls;
    const auto lost = tally.lost;
    for (std::uint64_t nth = first; nth <= last; nth += stride)
        for (const bool lasting : {false, true}) {
            if (options.until_lost && tally.lost != 0) return;
            const CallFault fault{kind.room ? nth * kRoomStep : 0, kind.memory, kind.call, nth, lasting};
            live(options, kind, &fault, tally);
        }
    std::cout << "  " << kind.name << ": " << calls << " calls, " << tally.lost - lost << " wrong" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"Every call of the disk and every allocation of SQLite fails, once and from then on"};
    app.add_option("--seed", options.seed, "draws the sales");
    app.add_option("--stride", options.stride, "only every so-many-th call")->check(CLI::PositiveNumber);
    app.add_option("--memory-stride", options.memory_stride, "the same for allocations")->check(CLI::PositiveNumber);
    app.add_option("--kind", options.kind, "only this kind of call");
    app.add_option("--nth", options.nth, "only this call");
    app.add_flag("--expect-loss", options.expect_loss, "succeed when something is lost: the control of the rig");
    app.add_flag("--until-lost", options.until_lost, "stop when something is lost");
    CLI11_PARSE(app, argc, argv);
    ScarceMemory::install();
    const auto begun = std::chrono::steady_clock::now();
    Tally tally;
    for (const auto& kind : kKinds)
        if (options.kind.empty() || options.kind == kind.name) try_all(options, kind, tally);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    for (const auto& [what, count] : tally.told) std::cout << "  told " << what << ": " << count << "\n";
    std::cout << "faults=" << tally.stories << " kinds=" << kKinds.size() << " lost=" << tally.lost
              << " seed=" << options.seed
              << " per_second=" << static_cast<std::uint64_t>(static_cast<double>(tally.stories) / took.count())
              << "\n";
    if (options.expect_loss) return tally.lost > 0 ? 0 : 1;
    return tally.lost == 0 && tally.stories > 0 ? 0 : 1;
}
