// g: whether a sale waits longer while a million members are pulled anew.
//
// The cloud is there all the time, takes the sales and says every second that nothing has changed; then it forgets what
// it told before, and everything is pulled again. README.md tells why it runs with the lowest priority.
#include <chrono>

#include "storage/mirror_reader.h"
#include "tests/bench/asking_tills.h"
#include "tests/bench/figures.h"
#include "tests/bench/sample_members.h"
#include "tests/e2e/wait.h"
#include "tests/till/sales_generator.h"

namespace tillkeeper::bench {
namespace {

using Steady = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::minutes(20);
constexpr auto kTurn = std::chrono::seconds(1);
constexpr int kFresh = 1;                              // s: too old at once, so that the pull does not wait for quiet
constexpr auto kPace = std::chrono::milliseconds(50);  // between two sales of a till: a rush
constexpr std::int64_t kTidiedInOneSecond = 40'000;    // 1,000 rows every 20 ms, and what they take
constexpr std::int64_t kGenerated = std::int64_t{1} << 40;  // more than are sold

class Refresh {
  public:
    explicit Refresh(Store& store) : store_(store), count_(store.options().refreshed) {}

    // Returns when all was loaded, and how long that took: seconds.
    Result<double> start() {
        if (auto back = store_.cloud().control().clear_faults(); !back) return std::unexpected(back.error());
        store_.cloud().yield_to_the_others();
        if (auto begun = begin(); !begun) return std::unexpected(begun.error());
        const auto data = store_.folder() / "refresh";
        auto agent = store_.agent(data, {store_.cloud().destination("bench")},
                                  store_.cloud().collection(members_config(), kFresh));
        if (!agent) return std::unexpected(agent.error());
        agent_ = std::move(*agent);
        const auto started = Steady::now();
        if (auto fine = agent_->start(); !fine) return std::unexpected(fine.error());
        auto reader = storage::MirrorReader::open({.folder = data, .key = "", .vfs = ""});
        if (!reader) return std::unexpected(reader.error());
        reader_ = std::move(*reader);
        if (!lab::wait_until([this] { return seen(); }, kPatience))
            return fail(ErrorCode::kUnavailable, "the copies do not come: " + agent_->log());
        return std::chrono::duration<double>(Steady::now() - started).count();
    }

    // One member more than before, and nothing else to go on from.
    Result<void> begin() {
        ++count_;
        auto told = store_.cloud().control().tell(
            "/collections", R"({"collection":"members","generate":)" + std::to_string(count_) + "}");
        return told ? Result<void>{} : std::unexpected(told.error());
    }

    [[nodiscard]] bool seen() {
        const auto state = reader_->state("members");
        return state && state->records == count_;
    }

    // Until what was there before is removed.
    [[nodiscard]] std::chrono::seconds tidying() const { return std::chrono::seconds(1 + count_ / kTidiedInOneSecond); }

  private:
    Store& store_;
    std::optional<lab::Agent> agent_;
    std::unique_ptr<storage::MirrorReader> reader_;
    std::int64_t count_;
};

AskingTills::Ask selling(till::SalesGenerator& sales) {
    return [&sales](std::size_t till) {
        const auto sale = sales.next(till);
        return Question{"transactions", to_json(*sale), sale->id, R"("outcome":"accepted")"};
    };
}

struct Sold {
    Waits undisturbed;
    Waits disturbed;
};

class Selling {
  public:
    explicit Selling(Store& store)
        : sales_({.seed = store.next_seed(),
                  .tills = kTills,
                  .transactions = kGenerated,
                  .only_sales = true,
                  .body_bytes = kSaleBytes}) {}

    Result<void> connect(const lab::Broker& bus) {
        auto tills = AskingTills::connect(bus, kTills);
        if (!tills) return std::unexpected(tills.error());
        tills_ = std::move(*tills);
        return {};
    }

    Result<void> sell(int tills, std::chrono::milliseconds time, Waits& into) {
        tills_->use(tills);
        const auto end = Steady::now() + time;
        auto waits = tills_->run(selling(sales_), kPace, [&] { return Steady::now() >= end; });
        if (!waits) return std::unexpected(waits.error());
        into.add(*waits);
        return {};
    }

  private:
    till::SalesGenerator sales_;
    std::unique_ptr<AskingTills> tills_;
};

// One till and all of them in turns, through all that the refresh does. How long it took: seconds.
Result<double> sell_through(Refresh& refresh, Selling& selling, Sold& one, Sold& all) {
    const auto started = Steady::now();
    if (auto begun = refresh.begin(); !begun) return std::unexpected(begun.error());
    std::optional<Steady::time_point> seen;
    while (!seen || Steady::now() < *seen + refresh.tidying()) {
        if (Steady::now() > started + kPatience) return fail(ErrorCode::kUnavailable, "the refresh does not end");
        if (auto sold = selling.sell(1, kTurn, one.disturbed); !sold) return std::unexpected(sold.error());
        if (auto sold = selling.sell(kTills, kTurn, all.disturbed); !sold) return std::unexpected(sold.error());
        if (!seen && refresh.seen()) seen = Steady::now();
    }
    return std::chrono::duration<double>(*seen - started).count();
}

void add_row(Store& store, const std::string& tills, const Sold& sold) {
    const auto said = [](const Waits& waits) {
        return with_unit(waits.at(0.99), 0, "us") + ", p50 " + with_unit(waits.at(0.5), 0, "us");
    };
    store.add({.name = "sale while " + std::to_string(store.options().refreshed) + " members are refreshed, " + tills +
                       ", p99",
               .ours = said(sold.disturbed),
               .limit = said(sold.undisturbed) + " undisturbed",
               .judged = sold.disturbed.at(0.99) / sold.undisturbed.at(0.99),
               .unit = "x",
               .goal = at_most(2)});
}

}  // namespace

Result<void> measure_refresh(Store& store) {
    Refresh refresh(store);
    const auto alone = refresh.start();
    if (!alone) return std::unexpected(alone.error());
    Selling selling(store);
    if (auto connected = selling.connect(store.bus()); !connected) return connected;
    Sold one;
    Sold all;
    const std::chrono::milliseconds quiet(store.options().sales);  // 20 s
    if (auto sold = selling.sell(1, quiet, one.undisturbed); !sold) return sold;
    if (auto sold = selling.sell(kTills, quiet, all.undisturbed); !sold) return sold;
    const auto beside = sell_through(refresh, selling, one, all);
    if (!beside) return std::unexpected(beside.error());
    add_row(store, "1 till", one);
    add_row(store, std::to_string(kTills) + " tills", all);
    store.add({.name = "refresh of " + std::to_string(store.options().refreshed) + " members beside sales",
               .ours = with_unit(*beside, 1, "s"),
               .limit = with_unit(*alone, 1, "s") + " for the first load, without sales",
               .judged = *beside / *alone,
               .unit = "x",
               .goal = {}});
    return {};
}

}  // namespace tillkeeper::bench
