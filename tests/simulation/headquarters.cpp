#include "tests/simulation/headquarters.h"

#include <algorithm>
#include <array>

#include "tests/fakes/fake_http.h"

namespace tillkeeper::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kKnows = seconds(6);    // what the box saw is at most that old when it says so
constexpr std::uint64_t kWaitMax = 120;    // seconds, of Retry-After
constexpr Duration kLogsIn = seconds(70);  // after a long outage

}  // namespace

bool Headquarters::is(const std::string& url) {
    return url == kUrl;
}

void Headquarters::falls_ill(Random& random, Duration until) {
    static constexpr std::array<int, 7> kAnswers{503, 429, 500, 401, 404, 302, 413};
    const auto draw = random.below(kAnswers.size());
    status_ = kAnswers[draw];
    asks_to_wait_ = draw < 2;
    ill_until_ = until;
    parts_.trace.add(now(), "headqu.", "answers " + std::to_string(status_) + " from now on");
}

Duration Headquarters::patience() const {
    return every_ + seconds(kWaitMax) + kLogsIn;
}

void Headquarters::sent() {
    parts_.promises.check(listens(), "[agent-107] a heartbeat that nobody wants");
    parts_.promises.check(!under_way_, "[agent-107] two heartbeats at once");
    parts_.promises.check(!last_sent_ || now() >= *last_sent_ + every_, "[agent-107] a heartbeat before its time");
    parts_.promises.check(now() >= wait_until_, "[agent-107] headquarters asked to wait (Retry-After), and hears one");
    under_way_ = true;
    last_sent_ = now();
}

HttpResponse Headquarters::serve(const HttpRequest& request) {
    if (now() < ill_until_) {
        parts_.trace.add(now(), "headqu.", "answers " + std::to_string(status_));
        if (!asks_to_wait_) return fakes::http_answer(status_);
        return fakes::http_answer(status_, "", {{"retry-after", std::to_string(1 + parts_.random.below(kWaitMax))}});
    }
    check_word(request.body);
    return fakes::http_answer(parts_.random.below(2) == 0 ? 204 : 200, "thank you");
}

// It may be old by the time of a slow network, never by more.
void Headquarters::check_word(const std::string& body) {
    const auto word = lab::Json::parse(body);
    const std::string state = word["state"].text();
    const auto safe = word["safe"].number();
    parts_.trace.add(now(), "headqu.", "hears " + state + ", " + std::to_string(safe) + " behind");
    parts_.promises.check(word["store"].text() == "0042" && !state.empty(), "[agent-107] a strange word: " + body);
    calm_ = state == "online" && safe == 0 && word["accepting"].is_true();
    if (safe > 0 || parts_.promises.excused() || parts_.promises.lossy()) return;
    for (const Sale& sale : parts_.promises.sales()) {
        if (!sale.told || sale.fate != Fate::kFine || sale.offered_at + kKnows > now() || sale.decided) continue;
        for (const auto& [system, types] : parts_.promises.systems())
            parts_.promises.check(
                !parts_.promises.wants(system, sale) || parts_.promises.done_at(system, sale) ||
                    parts_.promises.had_to_wait(sale) || parts_.promises.held_by_right(system, sale),
                "[agent-107] headquarters hears that nothing waits, and " + sale.id + " is not at " + system);
    }
}

void Headquarters::heard(const HttpResponse& response) {
    under_way_ = false;
    const auto asked = response.header("retry-after");
    if (!asked.empty()) wait_until_ = now() + seconds(std::stoi(std::string(asked)));
}

// What it was told goes with it.
void Headquarters::box_died() {
    under_way_ = false;
    last_sent_.reset();
    wait_until_ = {};
}

}  // namespace tillkeeper::simulation
