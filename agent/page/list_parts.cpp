// Below the sentence: destinations, tills, what waits for a person, and how long the box can go on.
#include <algorithm>
#include <array>
#include <string>

#include "agent/page/held_facts.h"
#include "agent/page/parts.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kTillsShown = 60;
constexpr std::size_t kRangesShown = 3;
constexpr Duration kClockOff = std::chrono::minutes(2);
constexpr std::int64_t kYearHours = std::int64_t{365} * 24;

constexpr std::array<std::string_view, 8> kCauses{"by_staff",       "no_link", "no_route", "no_dns",
                                                  "captive_portal", "tls",     "login",    "service"};

void write_fact(const Pen& pen, std::string_view key, std::string_view value) {
    const auto pair = pen.html.in("div");
    pen.html.leaf("dt", {}, pen.words.text(key));
    pen.html.leaf("dd", {}, value);
}

void write_destination(const Pen& pen, const DestinationState& each) {
    const bool waits = each.sync.state == sync::DestinationStatus::State::kWaiting;
    const auto item = pen.html.in("li");
    pen.html.leaf("h3", {}, each.sync.name);
    if (waits) {
        const bool known = std::ranges::find(kCauses, each.sync.cause) != kCauses.end();
        lamp(pen.html, Sign::kCut, pen.words.text("destinations.waiting"));
        pen.html.leaf("p", {}, pen.words.text("cause." + (known ? each.sync.cause : "other")));
    } else if (each.behind > 0) {
        lamp(pen.html, Sign::kMoving, pen.words.text("destinations.delivering"));
    } else if (each.held > 0) {
        lamp(pen.html, Sign::kCaution, pen.words.text("delivered_but"));
    } else {
        lamp(pen.html, Sign::kGood, pen.words.text("destinations.current"));
    }
    if (each.behind == 0 && each.held == 0 && !each.newest_booking) return;
    const auto numbers = pen.html.in("dl");
    if (each.behind > 0) write_fact(pen, "destinations.behind", pen.words.number(each.behind));
    if (each.oldest) write_fact(pen, "destinations.oldest", pen.moment(*each.oldest));
    if (each.held > 0) write_fact(pen, "destinations.held", pen.words.number(each.held));
    if (each.newest_booking) write_fact(pen, "destinations.newest", each.newest_booking->document);
}

std::string ranges_of(const TillRow& till) {
    std::string out;
    const auto shown = std::min(till.missing.size(), kRangesShown);
    for (std::size_t i = 0; i < shown; ++i) {
        const auto [first, last] = till.missing[till.missing.size() - shown + i];
        if (!out.empty()) out += ", ";
        out += std::to_string(first);
        if (last != first) out += "\u2013" + std::to_string(last);
    }
    return till.missing.size() > shown ? "\u2026 " + out : out;
}

void write_presence(const Pen& pen, const Seen& seen) {
    if (seen.state == Seen::State::kOnline) return lamp(pen.html, Sign::kGood, pen.words.text("tills.online"));
    if (seen.state == Seen::State::kUnknown) return lamp(pen.html, Sign::kPending, pen.words.text("tills.unknown"));
    lamp(pen.html, Sign::kCut,
         seen.ever ? pen.words.text("tills.offline_since", {{"time", pen.moment(seen.since)}})
                   : pen.words.text("tills.offline"));
}

void write_till(const Pen& pen, const TillRow& till) {
    const auto item = pen.html.in("li");
    pen.html.leaf("h3", {}, till.name);
    write_presence(pen, till.seen);
    pen.html.leaf("p", {},
                  till.last_sale ? pen.words.text("tills.last_sale", {{"time", pen.moment(*till.last_sale)}})
                                 : pen.words.text("tills.no_sale"));
    if (till.missing_count > 0)
        lamp(pen.html, Sign::kCaution,
             pen.words.counted("tills.missing", till.missing_count, {{"ranges", ranges_of(till)}}));
    if (!till.clock_ahead || abs(*till.clock_ahead) < kClockOff) return;
    const auto off = pen.words.duration(std::chrono::duration_cast<std::chrono::seconds>(abs(*till.clock_ahead)));
    const bool fast = *till.clock_ahead > Duration::zero();
    lamp(pen.html, Sign::kCaution, pen.words.text(fast ? "tills.fast" : "tills.slow", {{"duration", off}}));
}

std::string reason_of(const Words& words, const WaitingRow& row) {
    if (!row.destination.empty()) return reason_at(words, row.destination, row.state);
    std::string reasons;
    for (const auto& problem : row.problems) reasons += (reasons.empty() ? "" : " ") + reason_of(words, problem);
    return reasons.empty() ? words.text("waiting.not_understood") : reasons;
}

void write_waiting_row(const Pen& pen, const WaitingRow& row) {
    const auto item = pen.html.in("li");
    const std::string entry = pen.words.text("waiting.entry", {{"number", std::to_string(row.number)}});
    const std::string name =
        row.receipt.empty() ? entry : pen.words.text("receipt.of", {{"receipt", row.receipt}, {"till", row.till}});
    pen.html.leaf("h3", {}, name);
    pen.html.leaf("p", {}, reason_of(pen.words, row));
    pen.html.leaf(
        "p", {{"class", "hint"}},
        (row.receipt.empty() ? "" : entry + ", ") + pen.words.text("waiting.since", {{"time", pen.moment(row.since)}}));
    const std::string settle = pen.words.text("waiting.settle");
    pen.html.leaf(
        "a", {{"class", "act"}, {"href", held_path(row.number, row.destination)}, {"aria-label", settle + ": " + name}},
        settle);
}

}  // namespace

void write_destinations(const Pen& pen) {
    const auto section = pen.html.in("section", {{"id", "destinations"}, {"class", "card wide"}});
    pen.html.leaf("h2", {}, pen.words.text("destinations.heading"));
    const auto& all = pen.facts.store.destinations;
    if (all.empty()) return pen.html.leaf("p", {}, pen.words.text("destinations.none"));
    const auto list = pen.html.in("ul", {{"class", "tiles"}});
    for (const auto& each : all) write_destination(pen, each);
}

void write_tills(const Pen& pen) {
    const auto section = pen.html.in("section", {{"id", "tills"}, {"class", "card wide"}});
    pen.html.leaf("h2", {}, pen.words.text("tills.heading"));
    const auto& all = pen.facts.tills;
    if (!pen.facts.tills_counted) pen.html.leaf("p", {{"class", "hint"}}, pen.words.text("tills.counting"));
    if (all.empty()) return pen.html.leaf("p", {}, pen.words.text("tills.none"));
    const auto shown = std::min(all.size(), kTillsShown);
    {
        const auto list = pen.html.in("ul", {{"class", "tiles"}});
        for (std::size_t i = 0; i < shown; ++i) write_till(pen, all[i]);
    }
    const auto rest = static_cast<std::int64_t>(all.size() - shown);
    if (rest > 0) pen.html.leaf("p", {}, pen.words.counted("tills.more", rest));
}

void write_waiting(const Pen& pen) {
    const StoreState& store = pen.facts.store;
    const auto section = pen.html.in("section", {{"id", "waiting"}, {"class", "card"}});
    pen.html.leaf("h2", {}, pen.words.text("waiting.heading"));
    if (store.differences > 0) pen.html.leaf("p", {}, pen.words.counted("differences", store.differences));
    const auto count = store.held + store.quarantined;
    if (count == 0) return pen.html.leaf("p", {}, pen.words.text("waiting.none"));
    pen.html.leaf("p", {}, pen.words.text("waiting.calm"));
    {
        const auto list = pen.html.in("ul", {{"class", "rows"}});
        for (const auto& row : pen.facts.waiting) write_waiting_row(pen, row);
    }
    const auto rest = count - static_cast<std::int64_t>(pen.facts.waiting.size());
    if (rest > 0) pen.html.leaf("p", {}, pen.words.counted("waiting.more", rest));
}

void write_runway(const Pen& pen) {
    const auto section = pen.html.in("section", {{"id", "runway"}, {"class", "card"}});
    pen.html.leaf("h2", {}, pen.words.text("runway.heading"));
    const auto& runway = pen.facts.store.runway;
    if (!runway) return pen.html.leaf("p", {{"class", "large"}}, pen.words.text("runway.unknown"));
    if (runway->hours > kYearHours) return pen.html.leaf("p", {{"class", "large"}}, pen.words.text("runway.long"));
    const std::string limit(to_string(runway->limited_by));
    const std::string left =
        runway->hours == 0
            ? pen.words.text("runway.over")
            : pen.words.text("runway.left", {{"duration", pen.words.duration(std::chrono::hours(runway->hours))}});
    pen.html.leaf("p", {{"class", "large"}}, left + ' ' + pen.words.text("runway.by." + limit));
    pen.html.leaf("p", {{"class", "hint"}}, pen.words.text("runway.do." + limit));
}

}  // namespace tillkeeper::agent
