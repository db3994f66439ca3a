// The wall clock jumps under the daemon: years ahead, back to 1970, small steps back. Selling goes on, the journal's
// numbers and order stand, nothing is pruned, deliveries recover with the clock, what was sold in 1970 is told with the
// right times, and no login is repeated in a storm. [storage-1] [storage-8] [sync-5] [sync-8]
#include <sys/mount.h>

#include <chrono>
#include <fstream>

#include "platform/clock.h"
#include "tests/e2e/wait.h"
#include "tests/rigs/programs.h"
#include "tests/rigs/rig.h"
#include "tests/rigs/shop.h"

namespace tillkeeper::rigs {
namespace {

constexpr std::int64_t kYear = 365LL * 24 * 3600;
constexpr std::int64_t kSome = 50;
constexpr milliseconds kQuiet{1500};         // in which a daemon that wants to prune does
constexpr std::int64_t kTokensPerJump = 40;  // three destinations; a storm has thousands

// What the world outside the daemon has.
WallTime world_time() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

// The daemon believes in its clock: as on a box whose time service once had an answer.
Result<void> trust_clock() {
    if (::mount("tmpfs", "/run", "tmpfs", 0, nullptr) != 0) return fail(ErrorCode::kUnavailable, "cannot cover /run");
    std::filesystem::create_directories("/run/systemd/timesync");
    return lab::write_file("/run/systemd/timesync/synchronized", "");
}

class Clock {
  public:
    explicit Clock(std::filesystem::path file) : file_(std::move(file)) {}

    // Seconds that the daemon's clock is off from now on.
    Result<void> set(std::int64_t offset) const {
        std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
        if (!file) file.open(file_, std::ios::out | std::ios::binary);
        file.write(reinterpret_cast<const char*>(&offset), sizeof offset).flush();
        return file ? Result<void>{} : fail(ErrorCode::kIo, "cannot set the clock");
    }
    [[nodiscard]] std::map<std::string, std::string> environment() const {
        return {{"LD_PRELOAD", kWallClock}, {"TILLKEEPER_WALL_CLOCK", file_.string()}};
    }

  private:
    std::filesystem::path file_;
};

class Jumps {
  public:
    Jumps(Shop& shop, const Clock& clock) : shop_(shop), clock_(clock) {}

    // So far that no certificate is valid: nothing reaches the clouds, everything else goes on.
    Result<void> far(const std::string& words, std::int64_t offset) {
        const auto tokens = shop_.cloud().tokens_granted();
        if (auto over = wait_for("the outage before is over", "online", ""); !over) return over;
        if (auto jumped = clock_.set(offset); !jumped) return jumped;
        if (auto broken = break_connections(); !broken) return broken;
        if (auto told = wait_for("the cause is tls", "offline", "tls"); !told) return told;
        shop_.say(words + ": the cause is tls");
        if (auto sold = shop_.sell(kSome); !sold) return sold;
        if (auto restarted = shop_.restart(); !restarted) return restarted;
        if (auto sold = shop_.sell(kSome); !sold) return sold;
        if (auto whole = nothing_pruned(); !whole) return whole;
        shop_.say("sold on, also after a restart; nothing was pruned");
        if (auto back = clock_.set(0); !back) return back;
        if (auto arrived = shop_.wait_clouds(); !arrived) return arrived;
        shop_.say("the clock is right again, and the clouds have everything");
        return no_storm(tokens);
    }

    // What was sold while nobody knew the time is told with the right one: that of the world outside. [sync-8]
    Result<void> corrected(std::int64_t sold, WallTime since) {
        const auto books = shop_.cloud().ledger();
        if (!books) return std::unexpected(books.error());
        for (const auto& [name, book] : *books) {
            if (name == "bench") continue;
            const auto first = parse_rfc3339(book.corrected_first);
            const auto last = parse_rfc3339(book.corrected_last);
            const bool right = first && last && *first >= since && *last <= world_time();
            if (book.untrusted != 0 || book.corrected < sold || !right)
                return fail(ErrorCode::kInternal, name + " was told wrong times: " + std::to_string(book.untrusted) +
                                                      " untrusted, " + std::to_string(book.corrected) + " corrected, " +
                                                      book.corrected_first + " to " + book.corrected_last);
        }
        shop_.say("every cloud was told the right times of what was sold in 1970");
        return {};
    }

    // What a time service does when it corrects.
    Result<void> near() {
        const auto tokens = shop_.cloud().tokens_granted();
        for (const std::int64_t offset : {-2, 3, -30, 60, -90, -3600, 0}) {
            if (auto jumped = clock_.set(offset); !jumped) return jumped;
            if (auto sold = shop_.sell(kSome); !sold) return sold;
            if (auto arrived = shop_.wait_clouds(); !arrived) return arrived;
        }
        shop_.say("small steps: sold and delivered at each");
        return no_storm(tokens);
    }

  private:
    // An old connection was verified at the right time and would live on.
    Result<void> break_connections() {
        if (auto cut = shop_.cloud().cut_network(); !cut) return cut;
        return shop_.cloud().clear_faults();
    }
    Result<void> wait_for(const std::string& what, const std::string& state, const std::string& cause) {
        return shop_.wait_for(what, [&] {
            const auto status = shop_.agent().status();
            return status && (*status)["state"].text() == state && (*status)["cause"].text() == cause;
        });
    }
    // Reads the journal while nobody sells: everything that was ever answered must be there.
    Result<void> nothing_pruned() {
        shop_.tills().say("pause");
        static_cast<void>(shop_.sells_nothing(kQuiet));
        const auto verdict = crash::look_into_journal(shop_.lab(), shop_.tills());
        shop_.tills().say("resume");
        if (!verdict) return std::unexpected(verdict.error());
        if (verdict->lost == 0) return {};
        return fail(ErrorCode::kInternal, std::to_string(verdict->lost) + " entries were pruned by a wrong clock");
    }
    Result<void> no_storm(const Result<std::int64_t>& before) {
        const auto after = shop_.cloud().tokens_granted();
        if (!before || !after) return fail(ErrorCode::kUnavailable, "the cloud does not count its tokens");
        if (*after - *before <= kTokensPerJump) return {};
        return fail(ErrorCode::kInternal, std::to_string(*after - *before) + " tokens for one jump of the clock");
    }

    Shop& shop_;
    const Clock& clock_;
};

Result<std::string> run(const RigOptions& options) {
    if (auto trusted = trust_clock(); !trusted) return std::unexpected(trusted.error());
    auto folder = lab::Scratch::make("tillkeeper-rig-clock");
    if (!folder) return std::unexpected(folder.error());
    const Clock clock(folder->path() / "clock");
    if (auto set = clock.set(0); !set) return std::unexpected(set.error());
    lab::AgentSetup agent;
    agent.environment = clock.environment();
    auto shop = Shop::open({.name = "clock_jumps", .seed = options.seed, .agent = agent});
    if (!shop) return std::unexpected(shop.error());
    if (auto arrived = (*shop)->wait_clouds(); !arrived) return std::unexpected(arrived.error());
    Jumps jumps(**shop, clock);
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    for (int round = 0; round < options.rounds; ++round) {
        if (auto done = jumps.far("in twenty years", 20 * kYear); !done) return std::unexpected(done.error());
        const auto before = world_time();
        if (auto done = jumps.far("in 1970", 24 * 3600 - now.count()); !done) return std::unexpected(done.error());
        if (auto told = jumps.corrected(2 * kSome, before); round == 0 && !told) return std::unexpected(told.error());
        if (auto done = jumps.near(); !done) return std::unexpected(done.error());
    }
    const auto tokens = (*shop)->cloud().tokens_granted();
    const auto closing = (*shop)->close();
    if (!closing) return std::unexpected(closing.error());
    return crash::named("rounds", options.rounds) + crash::named("tokens", tokens.value_or(-1)) + closing->line();
}

}  // namespace
}  // namespace tillkeeper::rigs

int main(int argc, char** argv) {
    return tillkeeper::rigs::run_rig(argc, argv,
                                     {.name = "clock_jumps",
                                      .about = "Lets the daemon's wall clock jump, and brings it back.",
                                      .rounds = 1,
                                      .needs = {"/run"},
                                      .run = tillkeeper::rigs::run});
}
