#include "tests/crash/storm.h"

#include <csignal>
#include <iostream>
#include <utility>

#include "tests/e2e/wait.h"

namespace tillkeeper::crash {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kPatience = seconds(120);
constexpr auto kStartMax = seconds(30);
constexpr int kEarlySpanMs = 120;   // after the start, when it is killed without waiting for it
constexpr int kSpanMs = 400;        // after it was ready
constexpr int kEndingSpanMs = 40;   // after SIGTERM
constexpr int kStopSpanMs = 300;    // from SIGSTOP to SIGCONT
constexpr int kLongStopMs = 3000;   // the same, now and then
constexpr int kEarlyPercent = 25;   // of the rounds
constexpr int kEndingPercent = 15;  // of the agent's kills
constexpr int kStopPercent = 15;    // of the rounds
constexpr int kLongStopPercent = 12;
constexpr int kWeatherPercent = 15;  // of the rounds begin or end an outage
constexpr int kAgentPercent = 70;    // of the kills hit the agent alone,
constexpr int kBrokerPercent = 12;   // the broker alone; the rest both at once
constexpr int kProgressEvery = 20;   // rounds
constexpr std::int64_t kEndless = 1'000'000'000;

// A till that waits longer than this for an answer hands over again: short, so that it does so all the time.
constexpr const char* kTillTimeoutMs = "250";

}  // namespace

std::string Account::line() const {
    return "kill storm:" + named("rounds", rounds) + named("agent_kills", agent_kills) + named("early", early_kills) +
           named("ending", ending_kills) + named("broker_kills", broker_kills) + named("both", both_kills) +
           named("stops", stops) + named("offline_rounds", offline_rounds) + named("samples", samples) + closing.line();
}

Storm::Storm(const StormOptions& options, std::unique_ptr<lab::Lab> lab, lab::Tills tills)
    : options_(options), random_(options.seed), lab_(std::move(lab)), tills_(std::move(tills)) {
    account_.one_by_one = options.in_flight == 1;
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
    for (int number = 1; number <= options_.rounds; ++number) {
        if (auto done = round(number); !done) return done;
        if (number % kProgressEvery == 0)
            std::cout << "round " << number << '/' << options_.rounds << named("sold", tills_.tally().sold)
                      << named("accepted", tills_.tally().accepted) << std::endl;
    }
    return {};
}

Result<void> Storm::round(int number) {
    if (auto changed = change_weather(); !changed) return changed;
    const bool early = chance(kEarlyPercent);
    if (!early)
        if (auto ready = lab_->agent().wait_ready(kStartMax); !ready) return ready;
    if (auto lived = live(milliseconds(up_to(early ? kEarlySpanMs : kSpanMs))); !lived) return lived;
    if (chance(kStopPercent))
        if (auto stopped = stop_somebody(); !stopped) return stopped;
    const int draw = up_to(99);
    const bool agent = draw < kAgentPercent || draw >= kAgentPercent + kBrokerPercent;
    const bool broker = draw >= kAgentPercent;
    ++account_.rounds;
    account_.offline_rounds += offline_ ? 1 : 0;
    account_.both_kills += agent && broker ? 1 : 0;
    account_.early_kills += agent && early ? 1 : 0;
    if (agent)
        if (auto killed = kill_agent(); !killed) return killed;
    if (broker)
        if (auto killed = kill_broker(); !killed) return killed;
    if (!agent) {
        lab_->agent().process()->signal(SIGCONT);
        return {};
    }
    if (number % options_.samples_every == 0)
        if (auto fine = sample(); !fine) return fine;
    return lab_->agent().launch();
}

Result<void> Storm::change_weather() {
    if (!chance(kWeatherPercent)) return {};
    offline_ = !offline_;
    return offline_ ? lab_->cloud().control().cut_network() : lab_->cloud().control().clear_faults();
}

// The daemon is expected to survive the span.
Result<void> Storm::live(milliseconds span) {
    if (!lab::wait_until([&] { return !lab_->agent().running(); }, span, milliseconds(1), [] {})) return {};
    return fail(ErrorCode::kUnavailable, "the daemon ended by itself:\n" + lab_->agent().log());
}

// One of the three stands still for a while: nothing of it ends, nothing of it answers.
Result<void> Storm::stop_somebody() {
    ++account_.stops;
    const int who = up_to(2);
    const auto& process = who == 0   ? *lab_->agent().process()
                          : who == 1 ? *lab_->broker().process()
                                     : lab_->cloud().process();
    const int span = up_to(chance(kLongStopPercent) ? kLongStopMs : kStopSpanMs);
    process.signal(SIGSTOP);
    auto lived = live(milliseconds(span));
    // Half of the stopped daemons may be killed as they stand.
    if (who != 0 || chance(50)) process.signal(SIGCONT);
    return lived;
}

Result<void> Storm::kill_agent() {
    ++account_.agent_kills;
    if (chance(kEndingPercent)) {
        ++account_.ending_kills;
        const auto& process = lab_->agent().process();
        process->signal(SIGTERM);
        static_cast<void>(live(milliseconds(up_to(kEndingSpanMs))));  // it may be done before we are
    }
    lab_->agent().kill();
    return {};
}

Result<void> Storm::kill_broker() {
    ++account_.broker_kills;
    lab_->broker().kill();
    return lab_->broker().start();
}

// The daemon is dead: what the tills heard so far must be on the disk.
Result<void> Storm::sample() {
    ++account_.samples;
    const auto verdict = look_into_journal(*lab_, tills_);
    if (!verdict) return std::unexpected(verdict.error());
    if (verdict->clean()) return {};
    return fail(ErrorCode::kInternal,
                "after " + std::to_string(account_.agent_kills) + " kills: " + verdict->first.front());
}

Result<Account> Storm::settle() {
    if (auto back = lab_->cloud().control().clear_faults(); !back) return std::unexpected(back.error());
    if (auto ready = lab_->agent().wait_ready(kStartMax); !ready) return std::unexpected(ready.error());
    if (auto closed = close_the_day(tills_, kPatience); !closed) return std::unexpected(closed.error());
    auto closing = take_account(*lab_, tills_, kPatience);
    if (!closing) return std::unexpected(closing.error());
    account_.closing = std::move(*closing);
    return account_;
}

}  // namespace tillkeeper::crash
