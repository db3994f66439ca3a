// The journal's file system becomes read-only under traffic. Tills are told busy, nothing breaks, and selling resumes
// by itself when it can be written again; where the kernel gave the file system up, after the box was started anew.
// [storage-1] [storage-8]
#include <fstream>

#include "tests/rigs/disk.h"
#include "tests/rigs/programs.h"
#include "tests/rigs/rig.h"
#include "tests/rigs/shop.h"

namespace tillkeeper::rigs {
namespace {

constexpr std::uint64_t kDiskBytes = 48u << 20;
constexpr std::int64_t kSome = 50;
constexpr milliseconds kStandstill{700};

class ReadOnly {
  public:
    ReadOnly(std::filesystem::path folder, Disk disk) : folder_(std::move(folder)), disk_(std::move(disk)) {}

    Result<lab::AgentSetup> agent(const std::string& kind) const {
        lab::AgentSetup setup;
        setup.data_folder = disk_.folder() / "data";
        if (kind == "emergency") return setup;
        setup.environment = {{"LD_PRELOAD", kReadOnlyFiles}, {"TILLKEEPER_READ_ONLY", switch_file().string()}};
        std::string page = "0" + setup.data_folder.string();
        page.resize(4096);
        if (auto made = lab::write_file(switch_file(), page); !made) return std::unexpected(made.error());
        return setup;
    }

    // As by `mount -o remount,ro` and back: the same process goes on.
    Result<void> remount(Shop& shop) {
        if (auto on = turn('1'); !on) return on;
        shop.say("everything is read-only");
        if (auto stood = stand_still(shop); !stood) return stood;
        if (auto off = turn('0'); !off) return off;
        shop.say("and can be written again");
        if (auto told = shop.wait_told(true); !told) return told;
        return shop.sell(kSome);
    }

    // The kernel found an error and takes no more writes until the next mount.
    Result<void> emergency(Shop& shop) {
        if (auto broken = disk_.report_error(); !broken) return broken;
        shop.say("the kernel gave the file system up");
        if (auto stood = stand_still(shop); !stood) return stood;
        if (const int status = shop.agent().stop(); status != 0)
            return fail(ErrorCode::kInternal, "SIGTERM: exit status " + std::to_string(status));
        // Neither before nor after is there anything to start on.
        if (shop.agent().start()) return fail(ErrorCode::kInternal, "started where nothing can be written");
        disk_.unmount();
        auto again = Disk::existing(folder_ / "disk.ext4", folder_ / "disk");
        if (!again) return std::unexpected(again.error());
        disk_.take_over(std::move(*again));
        const auto verdict = crash::look_into_journal(shop.lab(), shop.tills());
        if (!verdict) return std::unexpected(verdict.error());
        if (!verdict->clean()) return fail(ErrorCode::kInternal, verdict->first.front());
        if (auto started = shop.agent().start(); !started) return started;
        shop.say("mounted and started anew");
        return shop.sell(kSome);
    }

  private:
    [[nodiscard]] std::filesystem::path switch_file() const { return folder_ / "switch"; }
    [[nodiscard]] Result<void> turn(char position) const {
        std::fstream file(switch_file(), std::ios::in | std::ios::out | std::ios::binary);
        file.put(position).flush();
        return file ? Result<void>{} : fail(ErrorCode::kIo, "cannot turn the switch");
    }
    static Result<void> stand_still(Shop& shop) {
        const auto refused = shop.refusals("busy");
        if (auto told = shop.wait_for("a till is told busy", [&] { return shop.refusals("busy") > refused; }); !told)
            return told;
        if (auto told = shop.wait_told(false); !told) return told;
        if (!shop.sells_nothing(kStandstill)) return fail(ErrorCode::kInternal, "accepted what cannot be written");
        return shop.wait_clouds();
    }

    std::filesystem::path folder_;
    Disk disk_;
};

Result<std::string> run(const RigOptions& options) {
    auto folder = lab::Scratch::make("tillkeeper-rig-readonly");
    if (!folder) return std::unexpected(folder.error());
    auto disk = Disk::ext4(folder->path() / "disk.ext4", folder->path() / "disk", kDiskBytes);
    if (!disk) return std::unexpected(disk.error());
    ReadOnly rig(folder->path(), std::move(*disk));
    auto agent = rig.agent(options.kind);
    if (!agent) return std::unexpected(agent.error());
    auto shop = Shop::open({.name = "read_only " + options.kind, .seed = options.seed, .agent = *agent});
    if (!shop) return std::unexpected(shop.error());
    for (int round = 0; round < options.rounds; ++round) {
        const auto done = options.kind == "emergency" ? rig.emergency(**shop) : rig.remount(**shop);
        if (!done) return std::unexpected(done.error());
    }
    const auto busy = (*shop)->refusals("busy");
    const auto closing = (*shop)->close();
    if (!closing) return std::unexpected(closing.error());
    return crash::named("rounds", options.rounds) + crash::named("busy", busy) + closing->line();
}

}  // namespace
}  // namespace tillkeeper::rigs

int main(int argc, char** argv) {
    return tillkeeper::rigs::run_rig(argc, argv,
                                     {.name = "read_only",
                                      .about = "Makes the journal's file system read-only under traffic.",
                                      .rounds = 2,
                                      .kinds = {"remount", "emergency"},
                                      .needs = {"mkfs.ext4", "mount", "findmnt", "/dev/loop-control"},
                                      .run = tillkeeper::rigs::run});
}
