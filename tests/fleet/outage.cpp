#include "tests/fleet/outage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <queue>
#include <tuple>

namespace tillkeeper::fleet {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

// The world begins a while before the outage ends, so that probes are under way as they would be.
constexpr Duration kBefore = minutes(5);
constexpr Duration kLatencyMin = milliseconds(50);
constexpr Duration kLatencyMore = milliseconds(100);
constexpr MonotonicTime kBegin{std::chrono::hours(1000)};  // a time from which hours can be taken
constexpr MonotonicTime kBack = kBegin + kBefore;
constexpr Duration kGivenUp = std::chrono::hours(12);

struct Event {
    MonotonicTime at;
    std::uint64_t order;  // of those at the same time
    std::uint32_t store;
    std::uint32_t lane;  // kLanes: it looks whether something may leave
    bool operator>(const Event& other) const { return std::tie(at, order) > std::tie(other.at, other.order); }
};

double seconds_of(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

std::int64_t draw_sales(Random& random, const Plan& plan) {
    const double radius = std::sqrt(-2 * std::log(1 - random.fraction()));
    const double normal = radius * std::cos(2 * std::numbers::pi * random.fraction());
    const double sales = plan.hours * plan.sales_per_hour * std::exp(plan.sigma * normal);
    return std::max<std::int64_t>(std::llround(sales), 1);
}

class World {
  public:
    explicit World(const Plan& plan) : gateway_(plan.gateway, plan.stores) {
        fakes::SeededRandom random(plan.seed);
        const MonotonicTime cut = kBack - Duration(std::llround(plan.hours * 3600e6));
        course_.stores = plan.stores;
        stores_.reserve(plan.stores);
        answers_.resize(plan.stores * kLanes);
        looks_.resize(plan.stores, MonotonicTime::max());
        for (std::size_t i = 0; i < plan.stores; ++i) {
            const auto sales = draw_sales(random, plan);
            stores_.emplace_back(random.next(), sales, plan.policy, cut, kBegin);
            course_.requests_needed += static_cast<std::uint64_t>(stores_.back().requests_needed());
        }
    }

    Course play() {
        for (std::uint32_t i = 0; i < stores_.size(); ++i) look_later(i);
        while (!events_.empty() && events_.top().at < kBack + kGivenUp) {
            const Event event = events_.top();
            events_.pop();
            if (event.lane < kLanes)
                answer(event);
            else if (looks_[event.store] != event.at)
                continue;  // what it waited for has changed
            else
                looks_[event.store] = MonotonicTime::max();
            look(event.store, event.at);
        }
        return std::move(course_);
    }

  private:
    void note(std::uint64_t what, MonotonicTime now) {
        for (const auto part : {what, static_cast<std::uint64_t>(now.time_since_epoch().count())})
            course_.hash = (course_.hash ^ part) * 0x100000001B3U + (course_.hash >> 47U);
    }

    void answer(const Event& event) {
        Store& store = stores_[event.store];
        store.answered(event.lane, answers_[event.store * kLanes + event.lane], event.at);
        if (store.done()) course_.done_at.push_back(seconds_of(event.at - kBack));
    }

    void look(std::uint32_t number, MonotonicTime now) {
        Store& store = stores_[number];
        for (auto lane = store.ready(now); lane < kLanes; lane = store.ready(now)) send(number, lane, now);
        look_later(number);
    }

    void look_later(std::uint32_t number) {
        const auto next = stores_[number].next_try();
        if (next == std::exchange(looks_[number], next) || next == MonotonicTime::max()) return;
        events_.push({next, ++order_, number, kLanes});
    }

    void send(std::uint32_t number, std::size_t lane, MonotonicTime now) {
        Store& store = stores_[number];
        store.sent(lane, now);
        note(number, now);
        HttpResponse& response = answers_[number * kLanes + lane];
        if (now < kBack) {
            response = {};
            response.failure = TransportFailure::kNoRoute;
        } else {
            response = gateway_.serve(number, now);
            offered(response.status, now);
        }
        const Duration latency = kLatencyMin + Duration(store.random().below(Duration(kLatencyMore).count()));
        events_.push({now + latency, ++order_, number, static_cast<std::uint32_t>(lane)});
    }

    void offered(int status, MonotonicTime now) {
        const auto second = static_cast<std::size_t>(std::chrono::floor<std::chrono::seconds>(now - kBack).count());
        if (course_.offered.size() <= second) course_.offered.resize(second + 1);
        ++course_.offered[second];
        ++course_.requests;
        if (status == 429) ++course_.refused;
    }

    Gateway gateway_;
    std::vector<Store> stores_;
    std::vector<HttpResponse> answers_;  // on their way, by store and lane
    std::vector<MonotonicTime> looks_;   // when each looks next
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::uint64_t order_ = 0;
    Course course_;
};

}  // namespace

Course play(const Plan& plan) {
    return World(plan).play();
}

double peak_of(const Course& course, double per_second) {
    std::uint64_t within = 0;
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < course.offered.size(); ++i) {
        within += course.offered[i];
        if (i >= kWindowS) within -= course.offered[i - kWindowS];
        most = std::max(most, within);
    }
    return static_cast<double>(most) / (per_second * kWindowS);
}

double optimum_of(const Course& course, double per_second) {
    return static_cast<double>(course.requests_needed) / per_second;
}

std::string fault_of(const Course& course, double per_second) {
    std::string fault;
    const auto require = [&](double value, double at_most, const char* what) {
        if (value <= at_most) return;
        std::array<char, 160> line{};
        std::snprintf(line.data(), line.size(), "%s%s: %.2f, at most %.2f", fault.empty() ? "" : "; ", what, value,
                      at_most);
        fault += line.data();
    };
    require(peak_of(course, per_second), kPeakMax, "offered within ten seconds, beside what the ERP takes");
    if (course.done_at.size() < course.stores) return fault + "; stores are left over";
    require(course.done_at.back() / optimum_of(course, per_second), kLastMax, "the last store, beside the optimum");
    return fault;
}

}  // namespace tillkeeper::fleet
