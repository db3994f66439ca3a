// The disk fills up while the store sells. Tills are told storage_full before anything breaks, deliveries go on, a
// restart on the full disk works, and selling resumes by itself when there is room.
// [storage-1] [storage-8]
#include "tests/rigs/disk.h"
#include "tests/rigs/rig.h"
#include "tests/rigs/shop.h"

namespace tillkeeper::rigs {
namespace {

constexpr std::uint64_t kDiskBytes = 24u << 20;
constexpr std::int64_t kSome = 50;

Result<Disk> make_disk(const std::string& kind, const std::filesystem::path& folder) {
    if (kind == "tmpfs") return Disk::memory(folder / "disk", kDiskBytes);
    return Disk::ext4(folder / "disk.ext4", folder / "disk", kDiskBytes);
}

// From the last byte to the first sale after it.
Result<void> fill_and_clear(Shop& shop, const Disk& disk, bool offline) {
    if (offline)
        if (auto cut = shop.cloud().cut_network(); !cut) return cut;
    const auto refused = shop.refusals("storage_full");
    if (auto full = disk.fill(0); !full) return full;
    shop.say("the disk is full" + std::string(offline ? ", and the network is gone" : ""));
    if (auto told =
            shop.wait_for("a till is told storage_full", [&] { return shop.refusals("storage_full") > refused; });
        !told)
        return told;
    if (auto told = shop.wait_told(false); !told) return told;
    if (!shop.sells_nothing(milliseconds(500))) return fail(ErrorCode::kInternal, "sold while /healthz says 503");
    if (auto back = shop.cloud().clear_faults(); !back) return back;
    if (auto arrived = shop.wait_clouds(); !arrived) return arrived;
    shop.say("the clouds have everything that was accepted");
    if (auto restarted = shop.restart(); !restarted) return restarted;
    if (auto told = shop.wait_told(false); !told) return told;
    if (!shop.sells_nothing(milliseconds(500)))
        return fail(ErrorCode::kInternal, "sold on a full disk after a restart");
    shop.say("restarted on the full disk");
    disk.clear();
    if (auto told = shop.wait_told(true); !told) return told;
    if (auto sold = shop.sell(kSome); !sold) return sold;
    shop.say("there is room, and the store sells again");
    return {};
}

Result<std::string> run(const RigOptions& options) {
    auto folder = lab::Scratch::make("tillkeeper-rig-full");
    if (!folder) return std::unexpected(folder.error());
    auto disk = make_disk(options.kind, folder->path());
    if (!disk) return std::unexpected(disk.error());
    lab::AgentSetup agent;
    agent.data_folder = disk->folder() / "data";
    auto shop = Shop::open({.name = "full_disk " + options.kind, .seed = options.seed, .agent = agent});
    if (!shop) return std::unexpected(shop.error());
    for (int round = 0; round < options.rounds; ++round)
        if (auto done = fill_and_clear(**shop, *disk, round % 2 == 1); !done) return std::unexpected(done.error());
    const auto refused = (*shop)->refusals("storage_full");
    const auto closing = (*shop)->close();
    if (!closing) return std::unexpected(closing.error());
    return crash::named("rounds", options.rounds) + crash::named("refused", refused) + closing->line();
}

}  // namespace
}  // namespace tillkeeper::rigs

int main(int argc, char** argv) {
    return tillkeeper::rigs::run_rig(argc, argv,
                                     {.name = "full_disk",
                                      .about = "Fills the journal's disk to the last byte, again and again.",
                                      .rounds = 2,
                                      .kinds = {"ext4", "tmpfs"},
                                      .needs = {"mkfs.ext4", "mount", "/dev/loop-control"},
                                      .run = tillkeeper::rigs::run});
}
