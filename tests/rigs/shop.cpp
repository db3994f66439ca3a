#include "tests/rigs/shop.h"

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <utility>
#include <vector>

#include "tests/e2e/fetch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::rigs {
namespace {

constexpr std::int64_t kEndless = 1'000'000'000;
constexpr std::int64_t kFirstSales = 20;
constexpr milliseconds kPause{20};
constexpr milliseconds kTwoReports{600};  // of the tills
// Whoever has no answer by then hands over again.
constexpr const char* kTillTimeoutMs = "1000";

}  // namespace

Result<std::unique_ptr<Shop>> Shop::open(const ShopSetup& setup) {
    auto lab =
        lab::Lab::open({.name = "tillkeeper-rig", .tills = setup.tills, .cloud = setup.cloud, .agent = setup.agent});
    if (!lab) return std::unexpected(lab.error());
    lab::TillsSetup selling;
    selling.tills = setup.tills;
    selling.sales = kEndless;
    selling.seed = setup.seed;
    selling.per_second = setup.per_second;
    selling.in_flight = setup.in_flight;
    selling.more = {"--mqtt", "mixed", "--timeout-ms", kTillTimeoutMs};
    auto tills = (*lab)->sell(selling);
    if (!tills) return std::unexpected(tills.error());
    std::unique_ptr<Shop> shop(new Shop(setup, std::move(*lab), std::move(*tills)));
    if (auto sold = shop->sell(kFirstSales); !sold) return std::unexpected(sold.error());
    return shop;
}

void Shop::say(const std::string& words) const {
    const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - opened_).count();
    std::cout << setup_.name << ": " << std::fixed << std::setprecision(1) << std::setw(6) << took << " s  " << words
              << std::endl;
}

Result<void> Shop::wait_for(const std::string& what, const std::function<bool()>& condition, milliseconds limit) {
    if (lab::wait_until(condition, limit, kPause, [] {})) return {};
    const auto tally = tills_.tally();
    return fail(ErrorCode::kUnavailable, "waited " + std::to_string(limit.count()) + " ms for: " + what + " (" +
                                             crash::named("sold", tally.sold) +
                                             crash::named("accepted", tally.accepted) + " )");
}

Result<void> Shop::sell(std::int64_t more) {
    const auto goal = tills_.tally().accepted + more;
    return wait_for("the tills sell", [&] { return tills_.tally().accepted >= goal; });
}

bool Shop::sells_nothing(milliseconds span) {
    // What was accepted before may be reported a little later.
    const auto sells = [&] {
        const auto before = tills_.tally().accepted;
        return lab::wait_until([&] { return tills_.tally().accepted > before; }, span);
    };
    return !sells() || !sells();
}

Result<void> Shop::wait_told(bool accepting) {
    return wait_for(
        accepting ? "/healthz and status say that sales are taken" : "/healthz and status say that none are", [&] {
            const auto status = agent().status();
            return agent().health() == (accepting ? 200 : 503) && status &&
                   (*status)["accepting"].is_true() == accepting;
        });
}

std::int64_t Shop::refusals(const std::string& problem) const {
    const std::string notes = lab::read_file(tills_.notes());
    const std::string wanted = "\"problem\":\"" + problem + '"';
    std::int64_t count = 0;
    for (auto at = notes.find(wanted); at != std::string::npos; at = notes.find(wanted, at + 1)) ++count;
    return count;
}

std::size_t Shop::noted() const {
    return lab::read_file(tills_.notes()).size();
}

Result<std::int64_t> Shop::p99_us_since(std::size_t noted) const {
    std::istringstream lines(lab::read_file(tills_.notes()).substr(noted));
    std::vector<std::int64_t> took;
    for (std::string line; std::getline(lines, line) && !lines.eof();) {
        const auto note = lab::Json::parse(line);
        if (note["outcome"].text() == "accepted" && !note["late"].is_true()) took.push_back(note["took_us"].number());
    }
    if (took.empty()) return fail(ErrorCode::kUnavailable, "nothing was sold");
    std::ranges::sort(took);
    return took[took.size() * 99 / 100];
}

Result<void> Shop::pause() {
    tills_.say("pause");
    const auto answered = [&] {
        const auto before = tills_.tally();
        return sells_nothing(kTwoReports) && before.waiting == 0 && tills_.tally().sold == before.sold;
    };
    return wait_for("the tills have all their answers", answered);
}

Result<void> Shop::wait_clouds() {
    const auto accepted = tills_.tally().accepted;
    return wait_for("the clouds have what was accepted",
                    [&] { return lab_->wait_delivered(accepted, milliseconds(0)); });
}

Result<void> Shop::restart() {
    agent().kill();
    if (auto launched = agent().launch(); !launched) return launched;
    return wait_for("the page answers", [&] { return agent().health() != 0; });
}

Result<crash::Closing> Shop::close() {
    if (auto closed = crash::close_the_day(tills_, kPatience); !closed) return std::unexpected(closed.error());
    auto closing = crash::take_account(*lab_, tills_, kPatience);
    if (!closing) return closing;
    if (closing->agrees()) return closing;
    std::string words = "it does not agree:" + closing->line();
    for (const auto& each : closing->verdict.first) words += "\n  " + each;
    return fail(ErrorCode::kInternal, words);
}

}  // namespace tillkeeper::rigs
