#include "tests/e2e/story.h"

#include <algorithm>

#include "tests/e2e/programs.h"
#include "tests/e2e/wait.h"
#include "tests/till/retail_days.h"

namespace tillkeeper::lab {
namespace {

constexpr auto kPatience = std::chrono::seconds(120);
constexpr int kSellingSeconds = 16;  // of all sales together
constexpr std::int64_t kSlowest = 250;
// Points: what is online and what is leased is spent to the last one.
constexpr std::int64_t kSpentOnline = (SharedBalance::kBalance - 2 * SharedBalance::kLease) / 2;
constexpr std::int64_t kSpentAtOnce = 50;
static_assert(SharedBalance::kLease % kSpentAtOnce == 0);

using Days = std::map<std::string, std::int64_t>;

Days without_zeros(Days days) {
    std::erase_if(days, [](const auto& day) { return day.second == 0; });
    return days;
}

Days days_of(const Json& by_day) {
    Days days;
    for (const auto& day : by_day.items()) days[day.name()] = day.number();
    return days;
}

}  // namespace

Story::Story(StoryOptions options) : options_(std::move(options)), progress_(options_.terminal) {}

Result<Outcome> Story::run() {
    using Part = Result<void> (Story::*)();
    for (const Part part :
         {&Story::open_store, &Story::open_second_store, &Story::begin_selling, &Story::cut_network, &Story::kill_agent,
          &Story::spend_points, &Story::kill_broker, &Story::network_returns, &Story::repair_sale, &Story::catch_up})
        if (auto done = (this->*part)(); !done) return std::unexpected(done.error());
    return balance_books();
}

Result<void> Story::open_store() {
    progress_.say("The store opens: broker, agent, and a cloud with ERP, OMS and CRM.");
    LabOptions options{.name = "tillkeeper-demo", .tills = options_.tills + 1, .clock_set = true};
    options.more = SharedBalance::prepare;
    auto lab = Lab::open(options);
    if (!lab) return std::unexpected(lab.error());
    lab_ = std::move(*lab);
    return {};
}

Result<void> Story::open_second_store() {
    auto family = SharedBalance::open(*lab_, till_names(options_.tills + 1).back());
    if (!family) return std::unexpected(family.error());
    family_ = std::move(*family);
    progress_.say("A second store opens. A family has " + grouped(SharedBalance::kBalance) +
                  " points; each store holds a lease of " + grouped(SharedBalance::kLease) + " of them.");
    return family_->spend(kSpentOnline);
}

Result<void> Story::begin_selling() {
    TillsSetup setup;
    setup.library = true;
    setup.tills = options_.tills;
    setup.sales = options_.sales;
    setup.seed = options_.seed;
    setup.per_second = static_cast<int>(std::max(options_.sales / kSellingSeconds, kSlowest));
    setup.from = options_.from;
    if (options_.from.empty()) setup.more = {"--only-sales"};
    auto tills = lab_->sell(setup);
    if (!tills) return std::unexpected(tills.error());
    tills_ = std::make_unique<Tills>(std::move(*tills));
    progress_.say(std::to_string(options_.tills) + " tills sell. The staff page: " + page());
    return until_sold(0.15);
}

Result<void> Story::cut_network() {
    progress_.say("The network is cut. The tills go on selling.");
    if (auto cut = lab_->cloud().control().cut_network(); !cut) return cut;
    tills_->say("poison 1");
    const auto found = family_->look_up();
    if (!found) return std::unexpected(found.error());
    progress_.say("Both stores find their members by card, telephone and e-mail (" + *found +
                  "), and points are spent.");
    if (auto spent = family_->spend(kSpentAtOnce); !spent) return spent;
    return until_sold(0.35);
}

Result<void> Story::kill_agent() {
    lab_->agent().kill();
    progress_.say("The agent is killed (SIGKILL) with sales in flight, and started again.");
    if (auto started = lab_->agent().start(); !started) return started;
    return {};
}

Result<void> Story::spend_points() {
    if (auto spent = family_->spend_the_rest(kSpentAtOnce); !spent) return spent;
    progress_.say("Without network, and over the kill, the two stores spend what they hold: " +
                  grouped(family_->spent()) + " of " + grouped(SharedBalance::kBalance) + " points, and not one more.");
    return until_sold(0.55);
}

Result<void> Story::kill_broker() {
    lab_->broker().kill();
    progress_.say("The broker is killed and started again.");
    if (auto started = lab_->broker().start(); !started) return started;
    return until_sold(0.75);
}

Result<void> Story::network_returns() {
    const auto odd_or_over = [&] { return !(poisoned_ = tills_->poisoned_id()).empty() || !tills_->running(); };
    if (auto sold = until(odd_or_over, "a sale with an odd tender"); !sold) return sold;
    progress_.say("The network is back. The CRM fails half of its requests; the ERP rejects one sale.");
    auto& cloud = lab_->cloud().control();
    const std::string failures = R"({"destination":"crm","mode":"status","status":503,"probability":0.5})";
    // Back first: what ends the cut would end this as well.
    for (const auto& told : {cloud.clear_faults(), cloud.set_fault(failures)})
        if (!told) return told;
    if (poisoned_.empty()) return {};
    return until([&] { return !held_number().empty(); }, "the rejected sale to be held");
}

Result<void> Story::repair_sale() {
    if (poisoned_.empty()) {
        progress_.say("So few sales were there that none was left for the ERP to reject.");
        return {};
    }
    const std::string number = held_number();
    progress_.say("Held for the ERP alone: number " + number +
                  ", \"unknown account tender:barter\". The rest flows on.");
    auto repaired =
        lab_->agent().command({"queue", "repair", number, "--destination", "erp", "--why", "the tender was mistyped",
                               "--patch", R"([{"op":"replace","path":"/tenders/0/type","value":"cash"}])", "--json"});
    if (!repaired) return std::unexpected(repaired.error());
    if (repaired->status != 0) return fail(ErrorCode::kInternal, "queue repair: " + repaired->errors);
    progress_.say("Repaired by the staff: tillkeeper queue repair " + number + " --destination erp --patch ...");
    return until(
        [&] {
            const auto has = lab_->cloud().control().has("erp", poisoned_);
            return has && *has && held_number().empty();
        },
        "the repaired sale to reach the ERP");
}

Result<void> Story::catch_up() {
    const auto sold = [&] { return !tills_->running(); };
    if (auto done = until(sold, "the tills to have every answer"); !done) return done;
    if (auto fine = tills_->finish(kPatience); !fine) return fine;
    if (auto healed = lab_->cloud().control().clear_faults(); !healed) return healed;
    progress_.say("Everything is sold. The CRM works again; the rest catches up.");
    const auto total = tills_->tally().sold;
    const auto complete = [&] {
        return lab_->wait_delivered(total, std::chrono::milliseconds(0)) && family_->caught_up();
    };
    if (auto done = until(complete, "every destination to have every sale"); !done) return done;
    // The counts hold the redemptions as well, and a status may be half a second old: the sales themselves decide. What
    // is still missing in the end, the books show.
    const auto settled = [&] {
        const auto ledger = lab_->settle(*tills_);
        return ledger && ledger->agrees();
    };
    static_cast<void>(until(settled, "the ledger to agree"));
    progress_.finish(look());
    return {};
}

Result<Outcome> Story::balance_books() {
    auto ledger = lab_->settle(*tills_);
    if (!ledger) return std::unexpected(ledger.error());
    auto books = lab_->cloud().control().ledger();
    if (!books) return std::unexpected(books.error());
    const auto booked = without_zeros((*books)["erp"].amount_by_day);
    const auto summary = tills_->summary();
    const auto totals = lab_->cloud().control().loyalty_totals();
    if (!totals) return std::unexpected(totals.error());
    Outcome outcome{*ledger, points_ledger(summary["points_earned"].number(), family_->spent(), *totals),
                    booked == without_zeros(days_of(summary["by_day"]))};
    std::string with = "the tills' sums";
    if (!options_.from.empty()) {
        auto expected = till::expected_by_day(options_.from, options_.sales);
        if (!expected) return std::unexpected(expected.error());
        outcome.days_agree = outcome.days_agree && booked == without_zeros(*expected);
        with += " and those of the file itself";
    }
    progress_.say("The ERP's amounts of " + std::to_string(booked.size()) + " days " +
                  (outcome.days_agree ? "equal " : "DIFFER from ") + with + ".");
    progress_.say(grouped((*books)["crm"].repeated + (*books)["erp"].repeated + (*books)["oms"].repeated) +
                  " deliveries came again and changed nothing; " + grouped(tills_->tally().sent_again) +
                  " sales were handed over again.");
    return outcome;
}

std::string Story::visitors_guide() const {
    const std::string config = (lab_->folder().path() / "agent" / "tillkeeper.toml").string();
    return "The store keeps running until Ctrl-C.\n  its page     " + page() +
           "\n  its bus      127.0.0.1:" + std::to_string(lab_->broker().tls_port()) + " (TLS, CA " +
           lab_->broker().ca_file().string() + "), user till-1, password " + Broker::password_of("till-1") +
           "\n  ask it       " + kCommandProgram + " --config " + config + " status\n";
}

std::string Story::keep_folder() {
    if (!lab_) return {};
    lab_->folder().keep();
    return lab_->folder().path().string();
}

Result<void> Story::until(const std::function<bool()>& condition, const std::string& what) {
    if (wait_until(condition, kPatience, std::chrono::milliseconds(20), [&] { progress_.show(look()); })) return {};
    return fail(ErrorCode::kUnavailable, "waited in vain for " + what);
}

Result<void> Story::until_sold(double share) {
    const auto wanted = static_cast<std::int64_t>(share * static_cast<double>(options_.sales));
    return until([&] { return tills_->tally().sold >= wanted || !tills_->running(); }, "the tills to sell");
}

std::string Story::held_number() const {
    const auto listed = lab_->agent().command({"queue", "list", "--destination", "erp", "--json"});
    if (!listed || listed->status != 0) return {};
    const auto queue = Json::parse(listed->output);
    for (const auto& item : queue["items"].items())
        if (item["transaction_id"].text() == poisoned_) return std::to_string(item["number"].number());
    return {};
}

Snapshot Story::look() const {
    const auto tally = tills_->tally();
    Snapshot snapshot;
    snapshot.total = options_.sales;
    snapshot.done = {{"sold", tally.sold}, {"safe", tally.accepted}};
    auto books = lab_->cloud().control().ledger();
    // Redemptions arrive there as well; the bars are about sales. The ledgers at the end count each for itself.
    for (const auto* name : kDestinations)
        snapshot.done.emplace_back(name, books ? std::min((*books)[name].count, tally.sold) : 0);
    const auto status = lab_->agent().status();
    snapshot.note = status ? "store: " + (*status)["state"].text() : "store: the agent does not answer";
    if (status && !(*status)["cause"].text().empty()) snapshot.note += " (" + (*status)["cause"].text() + ")";
    return snapshot;
}

}  // namespace tillkeeper::lab
