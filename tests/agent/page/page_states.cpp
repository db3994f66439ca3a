#include "tests/agent/page/page_states.h"

#include <algorithm>

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
using storage::HeldState;

const WallTime kNow = *parse_rfc3339("2026-11-20T11:05:00Z");

DestinationState destination(const std::string& name, std::int64_t behind, const std::string& cause = "") {
    DestinationState out;
    out.sync.name = name;
    out.sync.state = !cause.empty() ? sync::DestinationStatus::State::kWaiting
                     : behind > 0   ? sync::DestinationStatus::State::kDelivering
                                    : sync::DestinationStatus::State::kIdle;
    out.sync.cause = cause;
    out.behind = behind;
    if (behind > 0) out.oldest = kNow - 23min;
    return out;
}

TillRow till(const std::string& name, Seen::State state) {
    TillRow out;
    out.name = name;
    out.seen = {state, kNow - 3h, kNow - 1min, true};
    out.last_sale = kNow - (state == Seen::State::kOnline ? 40s : 26h);
    return out;
}

Outage outage(Duration ago, std::optional<Duration> ended_ago, const std::string& state, const std::string& cause,
              std::int64_t sales) {
    return {.from = kNow - ago,
            .until = ended_ago ? std::optional(kNow - *ended_ago) : std::nullopt,
            .state = state,
            .cause = cause,
            .after = 0,
            .sales = sales,
            .destinations = {}};
}

// A day until noon; delivered is what was sold before the eleventh hour.
SalesDay morning() {
    SalesDay day;
    day.currency = "EUR";
    std::int64_t count = 12;
    for (const int hour : {8, 9, 10, 11, 12}) {
        count = hour == 12 ? 7 : count + 9;
        const SalesHour::Amounts accepted{count, count * 2'317};
        const SalesHour::Amounts delivered =
            hour < 11 ? accepted : SalesHour::Amounts{hour == 11 ? 18 : 0, hour == 11 ? 41'706 : 0};
        day.hours.push_back({hour, accepted, delivered});
    }
    return day;
}

PageFacts calm() {
    PageFacts facts;
    facts.store.store = "0042";
    facts.store.since = kNow - 5h;
    facts.store.clock_trusted = true;
    facts.store.runway = {17 * 24 + 3, RunwayLimit::kDisk};
    facts.store.destinations = {destination("erp", 0), destination("oms", 0), destination("crm", 0)};
    facts.now = kNow;
    facts.zone = [](WallTime) { return 1h; };
    facts.outages = {outage(127h, 103h, "offline", "no_link", 1204), outage(50h, 49h, "degraded", "service", 87)};
    facts.sales.emplace();
    facts.store.destinations[0].newest_booking = {"erp", 4711, "SO-2026-0017"};
    for (const auto* name : {"till-1", "till-2", "till-3", "till-4"})
        facts.tills.push_back(till(name, Seen::State::kOnline));
    return facts;
}

PageFacts starting() {
    PageFacts facts;
    facts.now = kNow;
    facts.zone = calm().zone;
    return facts;
}

PageFacts catching_up() {
    auto facts = calm();
    facts.store.state = "catching_up";
    facts.store.safe = 1234;
    facts.sales = morning();
    facts.store.destinations = {destination("erp", 1234), destination("oms", 310), destination("crm", 0)};
    facts.store.destinations[0].caught_up = 3976;
    facts.store.destinations[0].eta_s = 12 * 60 + 30;
    facts.store.destinations[1].eta_s = 40;
    return facts;
}

PageFacts degraded() {
    auto facts = calm();
    facts.store.state = "degraded";
    facts.store.safe = 58;
    facts.store.since = kNow - 23min;
    facts.store.destinations = {destination("erp", 0), destination("oms", 58, "service"),
                                destination("crm", 12, "login")};
    facts.tills[2].missing = {{17, 17}, {20, 21}};
    facts.tills[2].missing_count = 3;
    facts.tills[3].clock_ahead = 5min;
    return facts;
}

PageFacts offline() {
    auto facts = calm();
    facts.store.state = "offline";
    facts.store.cause = "no_route";
    facts.sales = morning();
    facts.outages.push_back(outage(23min, std::nullopt, "offline", "no_route", 133));
    facts.store.since = kNow - 23min;
    facts.store.safe = 133;
    facts.store.held = 2;
    facts.store.quarantined = 1;
    facts.store.differences = 1;
    facts.store.destinations = {destination("erp", 133, "no_route"), destination("oms", 133, "no_dns"),
                                destination("crm", 41, "captive_portal")};
    facts.store.destinations[0].held = 2;
    facts.tills[1] = till("till-2", Seen::State::kOffline);
    facts.waiting = {{4711, "till-1", "0042-07-48211", "erp", HeldState::kHeld, {}, kNow - 26h},
                     {4712, "till-1", "0042-07-48212", "erp", HeldState::kWaiting, {}, kNow - 26h},
                     {4990, "till-3", "", "", HeldState::kHeld, {"id-conflict"}, kNow - 2h}};
    return facts;
}

PageFacts stopped() {
    auto facts = offline();
    facts.intake = Intake::kDiskFull;
    facts.store.not_accepting = "the disk is full";
    facts.store.runway = {0, RunwayLimit::kDisk};
    return facts;
}

PageFacts untrusted() {
    auto facts = offline();
    facts.store.clock_trusted = false;
    facts.store.runway.reset();
    facts.sales->counted = false;
    for (auto& each : facts.sales->hours) each.delivered.reset();
    facts.tills_counted = false;
    for (auto& each : facts.tills) each.seen = {};
    return facts;
}

PageFacts found() {
    using State = Delivery::State;
    auto facts = catching_up();
    facts.receipt = ReceiptAnswer{
        .outcome = ReceiptAnswer::Outcome::kFound,
        .query = "0042-07-48211",
        .rows = {
            {"till-7",
             "0042-07-48211",
             kNow - 23min,
             {{"erp", State::kDelivered, "SO-2026-0017"}, {"oms", State::kOnWay, ""}, {"crm", State::kHeld, ""}}}}};
    return facts;
}

PageFacts lost() {
    auto facts = calm();
    facts.receipt = ReceiptAnswer{.query = "<b>0042-99</b>", .rows = {}};
    return facts;
}

}  // namespace

std::vector<PageState> page_states() {
    return {{"online", calm()},     {"catching_up", catching_up()}, {"degraded", degraded()},   {"offline", offline()},
            {"stopped", stopped()}, {"starting", starting()},       {"untrusted", untrusted()}, {"found", found()},
            {"lost", lost()}};
}

PageFacts page_state(const std::string& name) {
    const auto all = page_states();
    return std::ranges::find(all, name, &PageState::name)->facts;
}

}  // namespace tillkeeper::agent
