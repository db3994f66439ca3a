#include "tests/simulation/kept_offline.h"

#include <algorithm>

namespace tillkeeper::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kNotices = seconds(3);      // until the status says it
constexpr Duration kSlack = milliseconds(50);  // a loop comes to it
constexpr Duration kTold = seconds(1);         // times are told in whole seconds

}  // namespace

Duration KeptOffline::clock_off() const {
    const auto& clock = parts_.schedule.clock;
    return clock.wall() - VirtualClock::kStart - clock.since_start();
}

// One at a time, as a careful person does.
void KeptOffline::ask(const std::string& path, const std::string& body,
                      std::function<void(const ServerResponse&)> then) {
    ServerRequest request;
    request.method = "POST";
    request.path = path;
    request.body = body;
    parts_.trace.add(now(), "staff", "asks for " + path + ' ' + body);
    waits_ = true;
    settled_ = false;
    parts_.box.daemon()->control(std::move(request), [this, then = std::move(then)](const ServerResponse& answer) {
        parts_.trace.add(now(), "staff", "hears " + std::to_string(answer.status) + ' ' + answer.body);
        waits_ = false;
        then(answer);
    });
}

void KeptOffline::begin(seconds span) {
    parts_.schedule.sync.post([this, span] {
        if (!parts_.box.running() || waits_) return;
        const Duration asked_at = now();
        const Duration ahead = clock_off();
        longest_ = std::max<Duration>(longest_, span);
        // It may be recorded and no answer come.
        over_by_ = std::max(over_by_, asked_at + span + kSlack);
        sure_until_ = std::min(sure_until_, asked_at + span - kTold);
        ask("/offline", R"({"for_s":)" + std::to_string(span.count()) + R"(,"who":"anna","why":"new router"})",
            [this, asked_at, ahead, span](const ServerResponse& answer) {
                over_by_ = std::max(over_by_, now() + span + kSlack);
                if (answer.status == 200) begun(answer, asked_at, ahead, span);
            });
    });
}

void KeptOffline::begun(const ServerResponse& answer, Duration asked_at, Duration ahead, seconds span) {
    until_ = lab::Json::parse(answer.body)["until"].text();
    const auto until = parse_rfc3339(until_);
    if (!until) return parts_.promises.broken("[agent-36] until when it is kept offline is not told: " + answer.body);
    clock_off_ = ahead;
    boot_ = parts_.box.boots();
    sure_since_ = now();
    sure_until_ = *until - VirtualClock::kStart - ahead;
    over_by_ = now() + span + kSlack;
    settled_ = true;
    asked_anew_ = true;
    parts_.promises.check(sure_until_ > asked_at + span - kTold && sure_until_ <= asked_at + span,
                          "[agent-36] kept offline for another time than was asked for: until " + until_);
}

void KeptOffline::end() {
    parts_.schedule.sync.post([this] {
        if (!parts_.box.running() || waits_) return;
        sure_until_ = std::min(sure_until_, now());
        ask("/online", R"({"who":"bo","why":"router is there"})", [this](const ServerResponse& answer) {
            if (answer.status != 200) return;
            settled_ = true;
            over_by_ = std::min(over_by_, now());
        });
    });
}

bool KeptOffline::sent(const std::string& url) {
    if (now() >= sure_since_ && now() < sure_until_ && !parts_.promises.lossy())
        parts_.promises.broken("[agent-36] people keep the store offline, and a request leaves it: " + url);
    const bool anew = asked_anew_;
    asked_anew_ = now() < over_by_;
    return anew || asked_anew_;
}

void KeptOffline::box_died() {
    disturbed();
    // It lived when the time was over, and knows.
    const bool knows = started_at_ < over_by_ && now() > over_by_ + kNotices;
    if (knows && settled_ && !parts_.promises.excused()) known_over_ = over_by_;
}

// A restart goes on with it. How long, the boot that it began in knows, and an unchanged clock; what may be pruned is
// forgotten.
void KeptOffline::box_started() {
    disturbed();
    waits_ = false;
    started_at_ = now();
    if (longest_ == Duration{} || known_over_ == over_by_) return;
    const bool same_clock = clock_off() == clock_off_;
    if (clock_off() != clock_off_) until_.clear();  // by this clock it is told otherwise
    const bool tells = same_clock || parts_.box.boots() == boot_;
    if (tells && settled_ && !parts_.promises.forgetful()) return;
    if (same_clock && now() >= over_by_) return;
    sure_until_ = std::min(sure_until_, now());
    over_by_ = now() + longest_ + kSlack;
    asked_anew_ = true;
}

void KeptOffline::heard(const std::string& text) {
    const auto status = lab::Json::parse(text);
    if (!told_since_) told_since_ = now();
    told_state_ = status["state"].text();
    told_until_ = status["offline_until"].text();
}

void KeptOffline::look() {
    if (!told_since_ || now() < *told_since_ + kNotices) return;
    if (parts_.promises.excused() || parts_.promises.lossy()) return;
    const std::string told = told_state_ + " until '" + told_until_ + '\'';
    if (now() > sure_since_ + kNotices && now() < sure_until_ && settled_)
        parts_.promises.check(
            told_state_ == "offline" && (until_.empty() ? !told_until_.empty() : told_until_ == until_),
            "[agent-36] kept offline until " + until_ + ", and the store is told: " + told);
    if (now() > over_by_ + kNotices)
        parts_.promises.check(told_until_.empty(), "[agent-36] no longer kept offline, and the store is told: " + told);
}

}  // namespace tillkeeper::simulation
