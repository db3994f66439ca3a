// The disk under the journal answers EIO for a while, or for ever, or takes half a second for each sync. Answers get
// slower or become `busy`; none is false; selling resumes by itself where the file system does.
// [storage-1] [storage-8]
#include "tests/rigs/nbd_disk.h"
#include "tests/rigs/rig.h"
#include "tests/rigs/shop.h"

namespace tillkeeper::rigs {
namespace {

constexpr std::int64_t kSome = 50;
constexpr milliseconds kStandstill{700};
constexpr const char* kSlowWrites = "delay-write=250ms";  // a sync is two writes, or more
constexpr std::int64_t kSlowSales = 20;
constexpr int kSlowPace = 5;  // sales per second; more would only pile up

class FailingDisk {
  public:
    FailingDisk(NbdDisk& disk, Shop& shop, std::filesystem::path error_switch)
        : disk_(disk), shop_(shop), switch_(std::move(error_switch)) {}

    // EIO, and back: the same process goes on.
    Result<void> fail_and_recover() {
        if (auto broken = fail(); !broken) return broken;
        std::filesystem::remove(switch_);
        shop_.say("the disk works again");
        if (auto told = shop_.wait_told(true); !told) return told;
        if (auto sold = shop_.sell(kSome); !sold) return sold;
        shop_.say("the store sells again");
        return {};
    }

    // A file system with a journal gives up at the first failed commit: the box must be started anew.
    Result<void> fail_and_reboot() {
        if (auto broken = fail(); !broken) return broken;
        std::filesystem::remove(switch_);
        if (!shop_.agent().running()) return tillkeeper::fail(ErrorCode::kInternal, "the daemon gave up");
        if (const int status = shop_.agent().stop(); status != 0)
            return tillkeeper::fail(ErrorCode::kInternal, "SIGTERM: exit status " + std::to_string(status));
        disk_.switch_off();
        if (auto on = disk_.switch_on(); !on) return on;
        shop_.say("box and disk are started anew");
        const auto verdict = crash::look_into_journal(shop_.lab(), shop_.tills());
        if (!verdict) return std::unexpected(verdict.error());
        if (!verdict->clean()) return tillkeeper::fail(ErrorCode::kInternal, verdict->first.front());
        if (auto started = shop_.agent().start(); !started) return started;
        return shop_.sell(kSome);
    }

    // Half a second for each sync, a kill on top.
    Result<void> crawl() {
        if (auto sold = shop_.sell(kSlowSales); !sold) return sold;
        shop_.say("sold " + std::to_string(kSlowSales) + " on a slow disk");
        if (auto restarted = shop_.restart(); !restarted) return restarted;
        if (auto told = shop_.wait_told(true); !told) return told;
        if (auto sold = shop_.sell(kSlowSales); !sold) return sold;
        shop_.say("and as many after a kill");
        return {};
    }

  private:
    Result<void> fail() {
        const auto refused = shop_.refusals("busy");
        if (auto on = lab::write_file(switch_, ""); !on) return on;
        shop_.say("the disk fails");
        if (auto told = shop_.wait_for("a till is told busy", [&] { return shop_.refusals("busy") > refused; }); !told)
            return told;
        if (auto told = shop_.wait_told(false); !told) return told;
        if (!shop_.sells_nothing(kStandstill))
            return tillkeeper::fail(ErrorCode::kInternal, "accepted on a disk that fails");
        if (auto arrived = shop_.wait_clouds(); !arrived) return arrived;
        shop_.say("the clouds have everything that was accepted");
        return {};
    }

    NbdDisk& disk_;
    Shop& shop_;
    std::filesystem::path switch_;
};

Result<void> rounds(FailingDisk& rig, const RigOptions& options) {
    for (int round = 0; round < options.rounds; ++round) {
        auto done = options.kind == "eio"    ? rig.fail_and_recover()
                    : options.kind == "dead" ? rig.fail_and_reboot()
                                             : rig.crawl();
        if (!done) return done;
    }
    return {};
}

Result<std::string> run(const RigOptions& options) {
    auto folder = lab::Scratch::make("tillkeeper-rig-failing");
    if (!folder) return std::unexpected(folder.error());
    const auto error_switch = folder->path() / "fails";
    NbdSetup setup{
        .folder = folder->path(),
        .filters = {"error", "delay"},
        .options = {"error-pwrite=EIO", "error-pwrite-rate=100%", "error-pwrite-file=" + error_switch.string()},
        .journal = options.kind != "eio"};
    if (options.kind == "slow") setup.options.emplace_back(kSlowWrites);
    auto disk = NbdDisk::make(std::move(setup));
    if (!disk) return std::unexpected(disk.error());
    lab::AgentSetup agent;
    agent.data_folder = disk->folder() / "data";
    ShopSetup store{.name = "failing_disk " + options.kind, .seed = options.seed, .agent = agent};
    if (options.kind == "slow") store.per_second = kSlowPace;
    auto shop = Shop::open(store);
    if (!shop) return std::unexpected(shop.error());
    FailingDisk rig(*disk, **shop, error_switch);
    if (auto done = rounds(rig, options); !done) return std::unexpected(done.error());
    const auto busy = (*shop)->refusals("busy");
    const auto closing = (*shop)->close();
    if (!closing) return std::unexpected(closing.error());
    return crash::named("rounds", options.rounds) + crash::named("busy", busy) + closing->line();
}

}  // namespace
}  // namespace tillkeeper::rigs

int main(int argc, char** argv) {
    return tillkeeper::rigs::run_rig(
        argc, argv,
        {.name = "failing_disk",
         .about = "Lets the journal's disk fail, for a while or for ever, or crawl.",
         .rounds = 1,
         .kinds = {"eio", "dead", "slow"},
         .needs = {"mkfs.ext4", "mount", "nbdkit", "nbdfuse", "/dev/fuse", "/dev/loop-control"},
         .run = tillkeeper::rigs::run});
}
