// Everything that a network does to a store, between real network namespaces. Tills never notice, and what waited is
// delivered once when the network is back, without any new sale to wake anybody.
// [sync-4] [sync-5]
#include <algorithm>
#include <limits>
#include <sstream>

#include "tests/rigs/link.h"
#include "tests/rigs/rig.h"
#include "tests/rigs/shop.h"

namespace tillkeeper::rigs {
namespace {

constexpr std::int64_t kWindow = 400;  // sales from which a 99th percentile is taken
constexpr int kWindows = 4;            // of which the best counts: a machine may be busy with something else
constexpr int kTries = 3;              // each beside bearings of its own, for the same reason
constexpr std::int64_t kSlowdownMax = 2;
constexpr milliseconds kFarAway{800};

struct Trouble {
    std::string words;
    std::function<Result<void>(Link&)> begin;
    bool afresh = true;      // connections from before are cut, as by a modem that starts anew
    bool restart = false;    // of the daemon, which else knows names and connections from before
    std::string cause = {};  // the status must name it; "": not looked at
    bool delivers = false;   // something gets through all the same
};

std::vector<Trouble> troubles() {
    const auto both = [](const std::string& statement) {
        return [statement](Link& link) {
            auto done = link.rule_out(statement);
            return done ? link.rule_back(statement) : done;
        };
    };
    return {
        {.words = "the link is down", .begin = [](Link& link) { return link.carrier(false); }, .cause = "no_route"},
        {.words = "30 % of all packets are lost",
         .begin = both("numgen random mod 100 < 30 drop"),
         .afresh = false,
         .delivers = true},
        {.words = "every answer takes 1.6 s",
         .begin =
             [](Link& link) {
                 link.delay(kFarAway);
                 return Result<void>{};
             },
         .delivers = true},
        {.words = "connections are reset",
         .begin = [](Link& link) { return link.rule_out("meta l4proto tcp reject with tcp reset"); },
         .cause = "service"},
        {.words = "a black hole", .begin = both("drop"), .afresh = false, .cause = "no_route"},
        {.words = "requests go out, answers never come",
         .begin = [](Link& link) { return link.rule_back("meta length > 100 drop"); },
         .afresh = false},
        {.words = "no DNS", .begin = [](Link& link) { return link.names(false); }, .restart = true, .cause = "no_dns"},
    };
}

class BadNetwork {
  public:
    BadNetwork(Shop& shop, Link& link) : shop_(shop), link_(link) {}

    // The tills must not notice; a machine may slow down as well, so what is too slow is tried again beside new
    // bearings.
    Result<void> suffer(const Trouble& trouble) {
        for (int i = 0; i < kTries; ++i) {
            if (auto taken = take_bearings(); !taken) return taken;
            if (auto done = go_through(trouble); !done) return done;
            shop_.say(trouble.words + ": p99 " + std::to_string(p99_) + " us, undisturbed " + std::to_string(usual_) +
                      " us; all delivered " + std::to_string(delivered_in_.count()) + " ms after it");
            if (p99_ > kSlowdownMax * usual_) continue;
            worst_percent_ = std::max(worst_percent_, 100 * p99_ / usual_);
            return {};
        }
        return fail(ErrorCode::kInternal, trouble.words + ": tills wait too long");
    }

    [[nodiscard]] std::string words() const { return crash::named("worst_p99_percent_of_usual", worst_percent_); }

  private:
    Result<void> take_bearings() {
        usual_ = 0;
        for (int i = 0; i < 2; ++i) {
            const auto p99 = window();
            if (!p99) return std::unexpected(p99.error());
            usual_ = std::max(usual_, *p99);
        }
        return {};
    }

    Result<void> go_through(const Trouble& trouble) {
        const auto delivered = shop_.lab().delivered("erp");
        if (trouble.afresh)
            if (auto cut = cut_connections(); !cut) return cut;
        if (auto begun = trouble.begin(link_); !begun) return begun;
        if (auto back = shop_.cloud().clear_faults(); !back) return back;
        if (trouble.restart)
            if (auto restarted = shop_.restart(); !restarted) return restarted;
        if (auto sold = sell_as_usual(); !sold) return sold;
        if (!trouble.cause.empty())
            if (auto told = wait_cause(trouble.cause); !told) return told;
        if (auto quiet = shop_.pause(); !quiet) return quiet;
        if (trouble.delivers)
            if (auto some =
                    shop_.wait_for("something arrives", [&] { return shop_.lab().delivered("erp") > delivered; });
                !some)
                return some;
        if (auto mended = link_.mend(); !mended) return mended;
        const auto begun = std::chrono::steady_clock::now();
        if (auto arrived = shop_.wait_clouds(); !arrived) return arrived;
        delivered_in_ = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
        if (auto status = shop_.agent().status(); !status || (*status)["held"].number() != 0)
            return fail(ErrorCode::kInternal, trouble.words + ": something is held, or nobody answers");
        shop_.tills().say("resume");
        return {};
    }

    Result<std::int64_t> window() {
        const auto from = shop_.noted();
        if (auto sold = shop_.sell(kWindow); !sold) return std::unexpected(sold.error());
        return shop_.p99_us_since(from);
    }

    Result<void> sell_as_usual() {
        p99_ = std::numeric_limits<std::int64_t>::max();
        for (int i = 0; i < kWindows && p99_ > kSlowdownMax * usual_; ++i) {
            const auto p99 = window();
            if (!p99) return std::unexpected(p99.error());
            p99_ = std::min(p99_, *p99);
        }
        return {};
    }

    // The store must have heard of it before the link fails.
    Result<void> cut_connections() {
        if (auto cut = shop_.cloud().cut_network(); !cut) return cut;
        return wait_cause("service");
    }

    Result<void> wait_cause(const std::string& cause) {
        auto told = shop_.wait_for("the cause is " + cause, [&] {
            const auto status = shop_.agent().status();
            return status && (*status)["cause"].text() == cause && (*status)["state"].text() == "offline";
        });
        if (!told) told.error().message += "\n" + shop_.agent().log();
        return told;
    }

    Shop& shop_;
    Link& link_;
    std::int64_t usual_ = 0;
    std::int64_t p99_ = 0;
    std::int64_t worst_percent_ = 0;
    milliseconds delivered_in_{0};
};

Result<std::string> run(const RigOptions& options) {
    auto folder = lab::Scratch::make("tillkeeper-rig-network");
    if (!folder) return std::unexpected(folder.error());
    auto link = Link::lay(folder->path());
    if (!link) return std::unexpected(link.error());
    auto shop = Shop::open(
        {.name = "bad_network", .seed = options.seed, .tills = 4, .per_second = 400, .cloud = link->far_end()});
    if (!shop) return std::unexpected(shop.error());
    BadNetwork rig(**shop, *link);
    for (int round = 0; round < options.rounds; ++round)
        for (const auto& trouble : troubles())
            if (auto done = rig.suffer(trouble); !done) return std::unexpected(done.error());
    const auto closing = (*shop)->close();
    if (!closing) return std::unexpected(closing.error());
    return crash::named("troubles", options.rounds * std::ssize(troubles())) + rig.words() + closing->line();
}

}  // namespace
}  // namespace tillkeeper::rigs

int main(int argc, char** argv) {
    return tillkeeper::rigs::run_rig(argc, argv,
                                     {.name = "bad_network",
                                      .about = "Breaks the network between store and cloud in many ways.",
                                      .rounds = 1,
                                      .needs = {"ip", "nft", "nsenter", "/dev/net/tun"},
                                      .space = tillkeeper::rigs::Space::kMountsAndNetwork,
                                      .run = tillkeeper::rigs::run});
}
