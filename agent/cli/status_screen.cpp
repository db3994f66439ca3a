#include "agent/cli/status_screen.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <vector>

#include "agent/cli/plain_words.h"
#include "agent/cli/print.h"
#include "agent/cli/printable.h"
#include "agent/cli/progress_bar.h"
#include "platform/clock.h"

namespace tillkeeper::cli {
namespace {

constexpr std::size_t kBarCells = 10;
constexpr std::size_t kIndent = 2;
constexpr std::int64_t kForecastHoursMax = 365 * 24;  // beyond, a forecast tells nothing

// How long ago that was when the daemon answered; nothing where one of both times is missing.
std::optional<std::int64_t> age(JsonView status, const std::string& since) {
    const auto now = parse_rfc3339(status.text("now"));
    const auto then = parse_rfc3339(since);
    if (!now || !then) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(*now - *then).count();
}

std::string spaced(std::string text) {
    std::ranges::replace(text, '_', ' ');
    return text;
}

struct Destination {
    std::string name, state, behind, oldest, held, left;
    bool waits = false;
};

Destination destination(JsonView status, JsonView d, const Look& look) {
    Destination out;
    const auto cause = d.text("cause");
    const auto backlog = status.at("backlogs").at(d.name().c_str());
    const auto oldest = age(status, d.text("oldest"));
    out.name = d.name();
    out.waits = d.text("state") == "waiting";
    out.state = out.waits ? "waits: " + (cause.empty() ? "tries again" : cause_in_words(cause)) : "reached";
    if (!out.waits && backlog.exists())
        out.state = "catching up " + progress_bar(backlog.number("done"), backlog.number("total"), kBarCells, look);
    out.behind = d.text("behind");
    out.oldest = oldest ? time_in_words(*oldest) : "-";
    out.held = d.text("held");
    const bool eta_known = !out.waits && backlog.exists() && d.at("eta_s").exists();
    out.left = eta_known ? time_in_words(d.number("eta_s")) : "-";
    return out;
}

Tone tone_of(const Destination& d) {
    if (d.waits) return Tone::kWarning;
    return d.held == "0" ? Tone::kPlain : Tone::kStrong;
}

std::string below_each_other(const std::vector<Destination>& all, const Look& look) {
    std::string out;
    for (const auto& d : all) {
        const std::string facts = d.behind + " behind" + (d.oldest == "-" ? "" : ", oldest " + d.oldest) + ", " +
                                  d.held + " held" + (d.left == "-" ? "" : ", done in " + d.left);
        out += in_tone(wrapped(d.name + "  " + d.state, look.width, kIndent), tone_of(d), look) + '\n';
        out += std::string(kIndent, ' ') + wrapped(facts, look.width - kIndent, kIndent) + '\n';
    }
    return out;
}

std::string destinations_text(JsonView status, const Look& look) {
    std::vector<Destination> all;
    for (const auto& each : status.at("destinations").children()) all.push_back(destination(status, each, look));
    if (all.empty()) return "No destination is configured.\n";
    std::vector<std::vector<std::string>> rows{{"DESTINATION", "STATE", "BEHIND", "OLDEST", "HELD", "LEFT"}};
    for (const auto& d : all) rows.push_back({d.name, d.state, d.behind, d.oldest, d.held, d.left});
    std::istringstream lines(table(rows));
    std::string out;
    auto of_row = all.begin();
    for (std::string line; std::getline(lines, line);) {
        if (look.width > 0 && columns(line) > look.width) return below_each_other(all, look);
        out += in_tone(line, out.empty() ? Tone::kFaint : tone_of(*of_row++), look) + '\n';
    }
    return out;
}

std::string waiting_text(JsonView status, const Look& look) {
    std::vector<std::vector<std::string>> rows;
    const auto count = [&](const char* member, const std::string& words, const std::string& command) {
        if (status.number(member) > 0) rows.push_back({status.text(member) + ' ' + words, command});
    };
    count("held", "held", "tillkeeper queue list");
    count("quarantined", "quarantined", "tillkeeper queue list --destination \"\"");
    count("differences", "booked otherwise by the cloud", "tillkeeper differences");
    for (const auto& d : status.at("destinations").children())
        if (needs_a_person(d.text("cause")))
            rows.push_back({d.name() + ": " + cause_in_words(d.text("cause")), "tillkeeper doctor"});
    if (rows.empty()) return "Nothing waits for a person.\n";
    std::string out = in_tone("Waiting for a person:", Tone::kStrong, look) + '\n';
    std::istringstream lines(table(rows));
    for (std::string line; std::getline(lines, line);)
        out +=
            std::string(kIndent, ' ') + wrapped(line, look.width - std::min(look.width, kIndent), 2 * kIndent) + '\n';
    return out;
}

std::string runway_text(JsonView runway) {
    const auto hours = runway.number("hours");
    if (!runway.at("hours").exists()) return "not enough sales yet to say";
    const auto time = hours > kForecastHoursMax ? "more than a year" : time_in_words(hours * 3600);
    return "can stay offline " + time + "; limited by " + limit_in_words(runway.text("limited_by"));
}

std::string box_text(JsonView status, const Look& look) {
    const auto journal = status.at("journal");
    const auto free_bytes = bytes_in_words(static_cast<std::uint64_t>(journal.number("disk_free_bytes"))) + " free";
    const std::vector<std::pair<std::string, std::string>> facts = {
        {"Runway", runway_text(status.at("runway"))},
        {"Room", free_bytes},
        {"Journal", journal.text("entries") + " entries up to number " + status.text("journal_number") + ", " +
                        bytes_in_words(static_cast<std::uint64_t>(journal.number("bytes")))},
        {"Clock", status.is_true("clock_trusted")
                      ? "can be trusted: " + status.text("now")
                      : "not set since the boot: " + status.text("now") + "; look: tillkeeper doctor"},
        {"Version", status.text("version")}};
    static constexpr std::size_t kLabel = 9;
    std::string out;
    for (const auto& [label, fact] : facts) {
        const auto line = wrapped(label + std::string(kLabel - label.size(), ' ') + fact, look.width, kLabel);
        out += in_tone(label, Tone::kFaint, look) + line.substr(label.size()) + '\n';
    }
    return out;
}

Tone tone_of(JsonView status) {
    if (!status.is_true("accepting")) return Tone::kBad;
    return status.text("state") == "online" || status.text("state") == "catching_up" ? Tone::kGood : Tone::kWarning;
}

}  // namespace

std::string status_screen(JsonView s, const Look& look) {
    const auto how_long = age(s, s.text("since"));
    const auto cause = s.text("cause");
    std::string out = in_tone(wrapped(s.text("sentence"), look.width), tone_of(s), look) + '\n';
    out +=
        wrapped("Store " + s.text("store") + ": " + spaced(s.text("state")) +
                    (cause.empty() ? "" : " (" + cause_in_words(cause) + ")") + " since " + s.text("since") +
                    (s.at("offline_by").exists() ? " by " + s.text("offline_by") : "") +
                    (how_long ? ", " + time_in_words(*how_long) : "") + "; " + s.text("safe") + " safe and on the way.",
                look.width) +
        "\n\n";
    out += destinations_text(s, look) + '\n' + waiting_text(s, look) + '\n' + box_text(s, look);
    return look.utf8 ? out : in_ascii(out);
}

std::string status_line(JsonView s) {
    std::string out = s.text("sentence");
    for (const auto& each : s.at("destinations").children()) {
        const auto d = destination(s, each, {});
        const auto held = d.held == "0" ? "" : ", " + d.held + " held";
        if (d.waits || each.number("behind") > 0 || d.held != "0")
            out += ' ' + d.name + ": " + (d.waits ? d.state : "reached") + ", " + d.behind + " behind" + held + '.';
    }
    return out;
}

}  // namespace tillkeeper::cli
