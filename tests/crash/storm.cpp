#include "tests/crash/storm.h"

#include <iterator>
#include <utility>

#include "tests/crash/evidence.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::crash {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kPatience = seconds(120);
constexpr auto kStartMax = seconds(30);
constexpr int kEarlySpanMs = 120;  // after the start, when it is killed without waiting for it
constexpr int kSpanMs = 400;       // after it was ready
constexpr int kEarlyPercent = 25;
constexpr int kBrokerPercent = 10;
constexpr int kWeatherPercent = 15;  // of the rounds begin or end an outage
constexpr std::int64_t kEndless = 1'000'000'000;

// A till that waits longer than this for an answer hands over again: short, so that it does so all the time.
constexpr const char* kTillTimeoutMs = "250";

std::string named(const char* name, std::int64_t value) {
    return std::string(" ") + name + "=" + std::to_string(value);
}

}  // namespace

bool Account::agrees() const {
    return tills.sold > 0 && tills.accepted == tills.sold && journal == tills.sold && erp == tills.sold &&
           oms == tills.sold && crm == tills.sold && verdict.clean() &&
           order_violations == overtaken * std::ssize(lab::kDestinations) && (!one_by_one || overtaken == 0);
}

std::string Account::line() const {
    return "kill storm:" + named("kills", kills) + named("early", early_kills) + named("broker_kills", broker_kills) +
           named("offline_rounds", offline_rounds) + named("samples", samples) + named("sold", tills.sold) +
           named("accepted", tills.accepted) + named("journal", journal) + named("erp", erp) + named("oms", oms) +
           named("crm", crm) + named("handed_over_again", tills.sent_again) + named("overtaken", overtaken) +
           named("order_violations", order_violations) + named("repeated", repeated) + named("lost", verdict.lost) +
           named("duplicated", verdict.duplicated) + named("altered", verdict.altered) +
           named("invented", verdict.invented) + named("misordered", verdict.misordered);
}

Storm::Storm(const StormOptions& options, std::unique_ptr<lab::Lab> lab, lab::Tills tills)
    : options_(options),
      random_(options.seed),
      lab_(std::move(lab)),
      tills_(std::move(tills)),
      victim_(lab_->agent(), lab_->folder().path() / "agent") {
    account_.one_by_one = options.in_flight == 1;
}

std::filesystem::path Storm::notes() const {
    return lab_->folder().path() / "tills-1" / "answers.jsonl";
}

Result<std::unique_ptr<Storm>> Storm::open(const StormOptions& options) {
    auto lab = lab::Lab::open({.name = "tillkeeper-storm", .tills = options.tills});
    if (!lab) return std::unexpected(lab.error());
    lab::TillsSetup selling;
    selling.tills = options.tills;
    selling.sales = kEndless;
    selling.seed = options.seed;
    selling.per_second = options.per_second;
    selling.in_flight = options.in_flight;
    selling.more = {"--mqtt", "mixed", "--timeout-ms", kTillTimeoutMs};
    auto tills = (*lab)->sell(selling);
    if (!tills) return std::unexpected(tills.error());
    return std::unique_ptr<Storm>(new Storm(options, std::move(*lab), std::move(*tills)));
}

Result<void> Storm::rage() {
    lab_->agent().kill();
    if (auto started = victim_.start(); !started) return started;
    for (int number = 1; number <= options_.rounds; ++number)
        if (auto done = round(number); !done) return done;
    return {};
}

Result<void> Storm::round(int number) {
    if (auto changed = change_weather(); !changed) return changed;
    const bool early = chance(kEarlyPercent);
    if (!early)
        if (auto ready = victim_.wait_ready(kStartMax); !ready) return ready;
    if (auto lived = victim_.live(milliseconds(up_to(early ? kEarlySpanMs : kSpanMs))); !lived) return lived;
    victim_.kill();
    ++account_.kills;
    account_.early_kills += early ? 1 : 0;
    account_.offline_rounds += offline_ ? 1 : 0;
    if (chance(kBrokerPercent)) {
        ++account_.broker_kills;
        lab_->broker().kill();
        if (auto started = lab_->broker().start(); !started) return started;
    }
    if (number % options_.samples_every == 0)
        if (auto fine = sample(); !fine) return fine;
    return victim_.start();
}

Result<void> Storm::change_weather() {
    if (!chance(kWeatherPercent)) return {};
    offline_ = !offline_;
    return offline_ ? lab_->cloud().control().cut_network() : lab_->cloud().control().clear_faults();
}

// The daemon is dead: what the tills heard so far must be on the disk.
Result<void> Storm::sample() {
    ++account_.samples;
    const auto heard = read_notes(notes());
    if (!heard) return std::unexpected(heard.error());
    const auto journal = read_journal(lab_->agent().setup().data_folder);
    if (!journal) return std::unexpected(journal.error());
    const auto verdict = judge_journal(heard->answers, *journal, false);
    if (verdict.clean() && heard->others == 0) return {};
    return fail(ErrorCode::kInternal, "after " + std::to_string(account_.kills) + " kills: " +
                                          (verdict.clean() ? "not every answer is accepted" : verdict.first.front()));
}

// No more sales; those that are under way are handed over until they are answered.
Result<void> Storm::close_the_day() {
    if (auto back = lab_->cloud().control().clear_faults(); !back) return back;
    if (auto ready = victim_.wait_ready(kStartMax); !ready) return ready;
    tills_.say("pause");
    const auto answered = [&] {
        const auto tally = tills_.tally();
        const bool same = tally.sold == account_.tills.sold;  // twice the same: the pause has come through
        account_.tills = tally;
        return same && tally.waiting == 0;
    };
    if (!lab::wait_until(answered, kPatience, milliseconds(600), [] {}))
        return fail(ErrorCode::kUnavailable, "the tills still wait for answers");
    tills_.say("stop");
    if (!lab::wait_until([&] { return !tills_.running(); }, kPatience))
        return fail(ErrorCode::kUnavailable, "the tills do not stop");
    account_.tills = tills_.tally();
    return {};
}

Result<void> Storm::judge_clouds(const std::vector<Recorded>& journal) {
    auto& control = lab_->cloud().control();
    auto books = control.ledger();
    if (!books) return std::unexpected(books.error());
    for (const auto* name : lab::kDestinations) {
        const auto effects = read_effects(control, name);
        if (!effects) return std::unexpected(effects.error());
        account_.verdict.add(judge_cloud(name, journal, *effects));
        account_.repeated += (*books)[name].repeated;
        account_.order_violations += (*books)[name].order_violations;
    }
    account_.erp = (*books)["erp"].count;
    account_.oms = (*books)["oms"].count;
    account_.crm = (*books)["crm"].count;
    return {};
}

Result<Account> Storm::settle() {
    if (auto closed = close_the_day(); !closed) return std::unexpected(closed.error());
    // Where too little arrives, the judge says which.
    static_cast<void>(lab_->wait_delivered(account_.tills.sold, kPatience));
    const auto verified = lab_->agent().command({"verify", "--json"});
    if (!verified) return std::unexpected(verified.error());
    if (verified->status != 0) return fail(ErrorCode::kCorrupt, "verify: " + verified->output + verified->errors);
    if (const int status = victim_.stop(); status != 0)
        return fail(ErrorCode::kInternal, "SIGTERM ended it with exit status " + std::to_string(status));

    const auto heard = read_notes(notes());
    if (!heard) return std::unexpected(heard.error());
    const auto journal = read_journal(lab_->agent().setup().data_folder);
    if (!journal) return std::unexpected(journal.error());
    account_.journal = static_cast<std::int64_t>(journal->size());
    account_.overtaken = overtaken(*journal);
    account_.verdict.add(judge_journal(heard->answers, *journal, true));
    if (auto judged = judge_clouds(*journal); !judged) return std::unexpected(judged.error());
    return account_;
}

}  // namespace tillkeeper::crash
