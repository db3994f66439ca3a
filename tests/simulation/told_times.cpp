#include "tests/simulation/told_times.h"

#include "sync/sale_time.h"

namespace tillkeeper::simulation {
namespace {

constexpr Duration kSlack = std::chrono::milliseconds(1500);
constexpr Duration kRequestMax = std::chrono::minutes(2);

}  // namespace

void ToldTimes::event(const lab::Json& event) {
    const auto said = event["data"]["occurred_at"].text();
    const auto clock = event["clock"].text();
    const auto original = event["timeoriginal"].text();
    const auto time = original.empty() ? event["time"].text() : original;
    if (!time.empty() && !said.empty() && time != said)
        return promises_.broken("[sync-4] an event of another time: " + event.dump());
    if (!original.empty() && clock != "corrected")
        return promises_.broken("[sync-8] corrected without saying so: " + event.dump());
    const Sale* sale = promises_.with_id(event["id"].text());
    if (sale == nullptr || sale->fate != Fate::kFine || misled_) return;
    if (clock == "corrected") return check_corrected(event, *sale);
    promises_.check(sale->clock_trust.contains(clock.empty()),
                    "[sync-8] " + sale->id + " is told with a clock that is " + (clock.empty() ? "trusted" : clock));
    // What it said before may still have been on its way.
    const bool known = trusted_since_ && clock_.since_start() - *trusted_since_ > kRequestMax;
    const bool this_boot = sale->offered_at > clock_.since_start() - clock_.monotonic().time_since_epoch();
    promises_.check(clock.empty() || !known || !this_boot, "[sync-8] the time is known, and not told: " + sale->id);
}

void ToldTimes::trust(bool trusted) {
    if (!trusted)
        trusted_since_.reset();
    else if (!trusted_since_)
        trusted_since_ = clock_.since_start();
}

void ToldTimes::check_corrected(const lab::Json& event, const Sale& sale) {
    promises_.check(sale.clock_trust.contains(false), "[sync-8] corrected without need: " + sale.id);
    near(event["arrivedat"].text(), sale.offered_at, clock_.since_start(), "arrived");
    promises_.check(parse_rfc3339(event["arrivedatoriginal"].text()).has_value(), "[sync-8] the original is gone");
    // A clock that jumps between the sale and its hand-over by less than this is taken for the same one.
    if (!event["timeoriginal"].text().empty())
        near(event["time"].text(), sale.sold_at - sync::kSameClock, sale.sold_at + sync::kSameClock, "sold");
}

void ToldTimes::near(const std::string& time, Duration first, Duration last, const char* what) {
    const auto told = parse_rfc3339(time);
    const auto at = told ? *told - VirtualClock::kStart : Duration::min();
    promises_.check(at >= first - kSlack && at <= last + kSlack,
                    std::string("[sync-8] a corrected time is wrong: ") + what + ' ' + time);
}

}  // namespace tillkeeper::simulation
