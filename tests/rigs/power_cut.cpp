// The power is cut under traffic: the daemon dies, and with it all that the disk had in its volatile cache. What a till
// was told to forget must be there afterwards.
//
// The controls: a daemon with synchronous=NORMAL or OFF must lose accepted sales here, or the rig cannot see a loss.
// [storage-1] [storage-3]
#include <csignal>
#include <random>

#include "tests/e2e/wait.h"
#include "tests/rigs/nbd_disk.h"
#include "tests/rigs/programs.h"
#include "tests/rigs/rig.h"
#include "tests/rigs/shop.h"

namespace tillkeeper::rigs {
namespace {

constexpr int kSpanMs = 700;  // between the start and the cut
constexpr int kSpanLeastMs = 100;
constexpr int kControlRoundsMax = 30;  // within these a control must have lost something

struct Cuts {
    std::int64_t rounds = 0;
    std::int64_t lost = 0;
    std::int64_t broken = 0;  // journals that do not even read whole
};

class PowerCut {
  public:
    PowerCut(const RigOptions& options, NbdDisk& disk, Shop& shop)
        : random_(options.seed), disk_(disk), shop_(shop), control_(options.kind != "full") {}

    Result<Cuts> run(int rounds) {
        Cuts cuts;
        while (cuts.rounds < rounds && !(control_ && cuts.lost + cuts.broken > 0)) {
            ++cuts.rounds;
            if (auto done = round(cuts); !done) return std::unexpected(done.error());
            if (cuts.rounds % 10 == 0) shop_.say(std::to_string(cuts.rounds) + " cuts");
        }
        return cuts;
    }

  private:
    Result<void> round(Cuts& cuts) {
        const auto span = milliseconds(std::uniform_int_distribution<int>(kSpanLeastMs, kSpanMs)(random_));
        if (lab::wait_until([&] { return !shop_.agent().running(); }, span))
            return fail(ErrorCode::kInternal, "the daemon ended by itself:\n" + shop_.agent().log());
        disk_.cut_power();
        shop_.agent().kill();
        disk_.switch_off();
        if (auto on = disk_.switch_on(); !on) return on;
        const auto verdict = crash::look_into_journal(shop_.lab(), shop_.tills());
        if (!verdict && !control_) return std::unexpected(verdict.error());
        cuts.broken += verdict ? 0 : 1;
        cuts.lost += verdict ? verdict->lost : 0;
        if (control_) return cuts.lost + cuts.broken > 0 ? Result<void>{} : start();
        if (!verdict->clean())
            return fail(ErrorCode::kInternal, "cut " + std::to_string(cuts.rounds) + ": " + verdict->first.front());
        return start();
    }

    Result<void> start() {
        if (auto launched = shop_.agent().launch(); !launched) return launched;
        return shop_.agent().wait_ready(kPatience);
    }

    std::mt19937_64 random_;
    NbdDisk& disk_;
    Shop& shop_;
    bool control_;
};

Result<std::string> run(const RigOptions& options) {
    auto folder = lab::Scratch::make("tillkeeper-rig-cut");
    if (!folder) return std::unexpected(folder.error());
    auto disk = NbdDisk::make({.folder = folder->path(), .filters = {"cache"}, .options = {"cache=writeback"}});
    if (!disk) return std::unexpected(disk.error());
    const bool control = options.kind != "full";
    lab::AgentSetup agent;
    agent.data_folder = disk->folder() / "data";
    if (control) agent.program = kMutatedDaemon;
    if (control) agent.environment = {{"TILLKEEPER_MUTANT", "sync_" + options.kind}};
    auto shop = Shop::open(
        {.name = "power_cut " + options.kind, .seed = options.seed, .tills = 3, .per_second = 300, .agent = agent});
    if (!shop) return std::unexpected(shop.error());
    // A control must lose sales, not only the file that was made a moment ago.
    if (control) disk->flush();
    const auto cuts = PowerCut(options, *disk, **shop).run(control ? kControlRoundsMax : options.rounds);
    if (!cuts) return std::unexpected(cuts.error());
    const std::string words = crash::named("cuts", cuts->rounds);
    if (!control) {
        const auto closing = (*shop)->close();
        if (!closing) return std::unexpected(closing.error());
        return words + closing->line();
    }
    if (cuts->lost + cuts->broken == 0)
        return fail(ErrorCode::kInternal, "the control lost nothing in" + words + ": this rig proves nothing");
    return " control, as it must:" + words + crash::named("lost", cuts->lost) + crash::named("broken", cuts->broken);
}

}  // namespace
}  // namespace tillkeeper::rigs

int main(int argc, char** argv) {
    return tillkeeper::rigs::run_rig(
        argc, argv,
        {.name = "power_cut",
         .about = "Cuts the power of daemon and disk under traffic, again and again.",
         .rounds = 20,
         .kinds = {"full", "normal", "off"},
         .needs = {"mkfs.ext4", "mount", "nbdkit", "nbdfuse", "/dev/fuse", "/dev/loop-control"},
         .run = tillkeeper::rigs::run});
}
