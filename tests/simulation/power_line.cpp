#include "tests/simulation/power_line.h"

#include <algorithm>

namespace tillkeeper::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kAlarmMax = seconds(60);       // an alarm without an end
constexpr Duration kOpens = milliseconds(500);    // from the answer to the first sale
constexpr Duration kNotices = seconds(3);         // until the status says it
constexpr Duration kEarlier = milliseconds(100);  // the box counts from when it heard of it

}  // namespace

void PowerLine::ask(bool failing, std::function<void(const ServerResponse&)> then) {
    ServerRequest request;
    request.method = "POST";
    request.path = "/power";
    request.body = failing ? R"({"failing":true})" : R"({"failing":false})";
    parts_.trace.add(now(), "power", failing ? "is failing" : "is back");
    parts_.box.daemon()->control(std::move(request), [this, then = std::move(then)](const ServerResponse& answer) {
        parts_.trace.add(now(), "power", "hears " + std::to_string(answer.status));
        then(answer);
    });
}

void PowerLine::fails() {
    parts_.schedule.sync.post([this] {
        if (!parts_.box.running()) return;
        const Duration asked_at = now();
        open_by_ = asked_at + kAlarmMax + kOpens;
        ask(true, [this, asked_at, word = ++word_](const ServerResponse& answer) {
            if (word != word_) return;
            // What came before the first answer may have been taken.
            if (now() >= closed_until_) closed_since_ = now();
            closed_until_ = std::max(closed_until_, asked_at + kAlarmMax - kEarlier);
            const auto reader = parts_.box.read();
            const auto bounds = reader == nullptr ? fail(ErrorCode::kIo, "") : reader->bounds();
            newest_ = answer.status == 200 && bounds ? bounds->last : 0;
            const bool well = answer.status == 200 || parts_.promises.excused();
            parts_.promises.check(well, "[agent-104] the disk is well, and what was accepted is not safe");
        });
    });
}

void PowerLine::is_back() {
    parts_.schedule.sync.post([this] {
        if (!parts_.box.running()) return;
        closed_until_ = std::min(closed_until_, now());
        newest_ = 0;
        ask(false, [this, word = ++word_](const ServerResponse& answer) {
            if (word == word_ && answer.status == 200) open_by_ = std::min(open_by_, now() + kOpens);
        });
    });
}

void PowerLine::box_started() {
    disturbed();
    ++word_;
    closed_until_ = std::min(closed_until_, now());
    open_by_ = std::min(open_by_, now());
    newest_ = 0;
}

void PowerLine::answered(const Told& told) {
    if (told.outcome == "refused") return;
    const bool closed = told.handed_over_at > closed_since_ && told.handed_over_at < closed_until_;
    parts_.promises.check(!closed, "[agent-104] taken while the power fails: " + told.sale.id);
    const bool late = newest_ > 0 && told.outcome == "accepted" && told.number > newest_;
    parts_.promises.check(!late || now() >= closed_until_ || parts_.promises.lossy(),
                          "[agent-104] stored after everything was said to be safe: " + told.sale.id);
}

void PowerLine::heard(const std::string& text) {
    if (!told_since_) told_since_ = now();
    told_accepting_ = lab::Json::parse(text)["accepting"].is_true();
}

void PowerLine::look() {
    if (!told_since_ || now() < *told_since_ + kNotices) return;
    if (parts_.promises.excused() || parts_.promises.lossy()) return;
    if (now() > closed_since_ + kNotices && now() < closed_until_)
        parts_.promises.check(!told_accepting_,
                              "[agent-8] closed for the power, and the store is told that sales are taken");
    if (now() > open_by_ + kNotices)
        parts_.promises.check(told_accepting_,
                              "[agent-104] open again, and the store is told that sales are not taken");
}

}  // namespace tillkeeper::simulation
