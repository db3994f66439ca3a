// What staff see first: the state of the store in one sentence, how far catching up is, and what to do.
#include <algorithm>
#include <string>

#include "agent/page/parts.h"

namespace tillkeeper::agent {
namespace {

struct Situation {
    std::string_view key;  // its texts begin with it
    Sign sign;
};

Situation situation_of(const PageFacts& facts) {
    const StoreState& store = facts.store;
    if (store.store.empty()) return {"starting", Sign::kPending};
    if (facts.intake != Intake::kOpen) return {"stopped", Sign::kStop};
    if (store.offline_until) return {"by_staff", Sign::kCut};
    if (store.state == "offline") return {"offline", Sign::kCut};
    if (store.state == "degraded") return {"degraded", Sign::kCaution};
    if (store.state == "catching_up") return {"catching_up", Sign::kMoving};
    return {"online", Sign::kGood};
}

std::string_view stopped_by(Intake intake) {
    if (intake == Intake::kNoBus) return "stopped.no_bus";
    if (intake == Intake::kNoPower) return "stopped.no_power";
    if (intake == Intake::kBusy) return "stopped.busy";
    return intake == Intake::kDiskFull ? "stopped.disk_full" : "stopped.recovering";
}

// What follows the first words.
std::string rest(const Pen& pen, std::string_view situation) {
    const Words& words = pen.words;
    const auto safe = pen.facts.store.safe;
    if (situation == "starting") return words.text("starting.rest");
    if (situation == "stopped") return words.text(stopped_by(pen.facts.intake)) + ' ' + words.text("stopped.rest");
    const std::string keep = words.text("keep_selling") + ' ';
    if (situation == "offline" || situation == "by_staff" || situation == "degraded")
        return keep + words.counted("safe", safe);
    if (safe > 0) return keep + words.counted("on_way", safe);
    return keep + words.text(pen.facts.store.held + pen.facts.store.quarantined > 0 ? "delivered_but" : "delivered");
}

// The slowest counts. Nothing when one of them does not know.
std::optional<std::chrono::seconds> time_left(const StoreState& store) {
    std::chrono::seconds left{0};
    for (const auto& each : store.destinations) {
        if (each.behind == 0) continue;
        if (!each.eta_s) return std::nullopt;
        left = std::max(left, std::chrono::seconds(*each.eta_s));
    }
    return left;
}

void write_list(const Pen& pen, const std::string& texts, std::string_view heading, Sign sign) {
    const auto list = pen.html.in("div", {{"class", "card " + std::string(class_of(sign))}});
    pen.html.leaf("h2", {}, pen.words.text(heading));
    const auto items = pen.html.in("ul", {{"class", "signed"}});
    for (int i = 1; pen.words.has(texts + std::to_string(i)); ++i) {
        const auto item = pen.html.in("li");
        draw(pen.html, sign);
        pen.html.leaf("span", {}, pen.words.text(texts + std::to_string(i)));
    }
}

}  // namespace

void write_state(const Pen& pen) {
    const auto [key, sign] = situation_of(pen.facts);
    {
        const auto section = pen.html.in("section", {{"id", "state"},
                                                     {"class", "state " + std::string(class_of(sign))},
                                                     {"role", "status"},
                                                     {"aria-live", "polite"}});
        draw(pen.html, sign);
        const auto sentence = pen.html.in("h1");
        const StoreState& store = pen.facts.store;
        const std::string since = pen.moment(store.since);
        const std::string until = store.offline_until ? pen.moment(*store.offline_until) : "";
        pen.html.leaf("span", {{"class", "lead"}},
                      pen.words.text(std::string(key) + ".lead", {{"time", since}, {"until", until}}));
        pen.html.text(" " + rest(pen, key));
    }
    const std::string now = pen.moment(pen.facts.now);
    const auto about = pen.html.in("div", {{"id", "about"}, {"class", "about"}, {"data-now", now}});
    pen.html.leaf("p", {}, pen.words.text("page.as_of", {{"time", now}}));
    const bool wrong = !pen.facts.store.clock_trusted && !pen.facts.store.store.empty();
    if (wrong) lamp(pen.html, Sign::kCaution, pen.words.text("clock"));
}

void write_progress(const Pen& pen) {
    const StoreState& store = pen.facts.store;
    const bool shown = situation_of(pen.facts).key == "catching_up";
    const auto section = shown ? pen.html.in("section", {{"id", "progress"}, {"class", "card"}})
                               : pen.html.in("section", {{"id", "progress"}, {"hidden", ""}});
    if (!shown) return;
    const auto slowest = std::ranges::max_element(store.destinations, {}, &DestinationState::behind);
    const auto done = slowest == store.destinations.end() ? 0 : slowest->caught_up;
    const auto total = done + store.safe;
    pen.html.leaf("h2", {{"id", "progress-name"}}, pen.words.text("progress.heading"));
    const std::string words =
        pen.words.text("progress.done", {{"done", pen.words.number(done)}, {"total", pen.words.number(total)}});
    pen.html.leaf("progress",
                  {{"max", std::to_string(std::max<std::int64_t>(1, total))},
                   {"value", std::to_string(done)},
                   {"aria-labelledby", "progress-name"}},
                  words);
    const auto left = time_left(store);
    pen.html.leaf("p", {},
                  words + ". " +
                      (left ? pen.words.text("progress.left", {{"duration", pen.words.duration(*left)}})
                            : pen.words.text("progress.unknown")));
}

void write_advice(const Pen& pen) {
    const auto section = pen.html.in("section", {{"id", "advice"}, {"class", "pair"}});
    const std::string key(situation_of(pen.facts).key);
    write_list(pen, key + ".do.", "page.do", Sign::kGood);
    write_list(pen, key + ".do_not.", "page.do_not", Sign::kStop);
}

}  // namespace tillkeeper::agent
