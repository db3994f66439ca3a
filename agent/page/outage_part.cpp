// The outages of the last days, as a timeline and as a table.
#include <algorithm>
#include <string>

#include "agent/page/parts.h"
#include "agent/page/time_bands.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kOutagesShown = 10;
constexpr int kBandHeight = 12;
constexpr auto kBandBox = "0 0 1440 12";  // a minute is one unit wide

// Told by height as well as by colour: a whole one fills the band.
void write_piece(Html& html, const BandPiece& piece) {
    const int height = piece.whole ? kBandHeight : kBandHeight / 2;
    html.leaf("rect",
              {{"class", piece.whole ? "whole" : "part"},
               {"x", std::to_string(piece.from)},
               {"y", std::to_string(kBandHeight - height)},
               {"width", std::to_string(piece.until - piece.from)},
               {"height", std::to_string(height)}},
              "");
}

void write_band(const Pen& pen, const Band& band) {
    const auto row = pen.html.in("li");
    const std::string day = pen.words.day(band.noon, pen.facts.zone);
    pen.html.leaf("span", {{"aria-hidden", "true"}}, day);
    const auto name = pen.words.counted("outages.day", band.outages, {{"day", day}});
    const auto svg = pen.html.in("svg", {{"class", "band"},
                                         {"viewBox", kBandBox},
                                         {"preserveAspectRatio", "none"},
                                         {"role", "img"},
                                         {"aria-label", name}});
    pen.html.leaf("title", {}, name);
    for (const auto& each : band.pieces) write_piece(pen.html, each);
}

void write_hours(Html& html) {
    const auto row = html.in("li", {{"class", "axis"}, {"aria-hidden", "true"}});
    html.leaf("span", {}, "");
    const auto hours = html.in("div");
    for (const auto* const hour : {"0", "6", "12", "18", "24"}) html.leaf("span", {}, hour);
}

void write_key(const Pen& pen, const char* text, bool whole) {
    const auto item = pen.html.in("li");
    {
        const auto svg = pen.html.in("svg", {{"class", "key"}, {"viewBox", "0 0 12 12"}, {"aria-hidden", "true"}});
        write_piece(pen.html, {0, kBandHeight, whole});
    }
    pen.html.leaf("span", {}, pen.words.text(text));
}

std::string when(const Pen& pen, const Outage& outage) {
    const std::string from = pen.moment(outage.from);
    return outage.until ? from + " \u2013 " + pen.moment(*outage.until)
                        : pen.words.text("outages.goes_on", {{"time", from}});
}

void write_row(const Pen& pen, const Outage& outage) {
    const auto row = pen.html.in("tr");
    const auto length = outage.until.value_or(pen.facts.now) - outage.from;
    const std::string cause = outage.cause.empty() ? "other" : outage.cause;
    {
        const auto head = pen.html.in("th", {{"scope", "row"}});
        pen.html.text(when(pen, outage));
        pen.html.leaf("p", {{"class", "hint"}},
                      pen.words.text(pen.words.has("cause." + cause) ? "cause." + cause : "cause.other"));
    }
    pen.html.leaf("td", {}, pen.words.duration(std::chrono::duration_cast<std::chrono::seconds>(length)));
    pen.html.leaf("td", {}, pen.words.number(outage.sales));
}

void write_table(const Pen& pen, std::span<const Outage> oldest_first) {
    const auto table = pen.html.in("table");
    {
        const auto head = pen.html.in("thead");
        const auto row = pen.html.in("tr");
        for (const auto* const key : {"outages.when", "outages.length", "outages.sales"})
            pen.html.leaf("th", {{"scope", "col"}}, pen.words.text(key));
    }
    const auto body = pen.html.in("tbody");
    const auto shown = std::min(oldest_first.size(), kOutagesShown);
    for (std::size_t i = 1; i <= shown; ++i) write_row(pen, oldest_first[oldest_first.size() - i]);
}

}  // namespace

void write_outages(const Pen& pen) {
    const auto section = pen.html.in("section", {{"id", "outages"}, {"class", "card wide"}});
    pen.html.leaf("h2", {}, pen.words.text("outages.heading"));
    const auto bands = bands_of(pen.facts.outages, pen.facts.now, pen.facts.zone);
    {
        const auto days = pen.html.in("ol", {{"class", "bands"}});
        for (const auto& band : bands) write_band(pen, band);
        write_hours(pen.html);
    }
    const auto shown = std::ranges::find_if(pen.facts.outages, [&](const Outage& each) {
        return each.until.value_or(pen.facts.now) >= pen.facts.now - std::chrono::days(kBandDays);
    });
    const std::span<const Outage> recent(shown, pen.facts.outages.end());
    if (recent.empty()) return pen.html.leaf("p", {}, pen.words.text("outages.none"));
    {
        const auto keys = pen.html.in("ul", {{"class", "keys"}});
        write_key(pen, "outages.whole", true);
        write_key(pen, "outages.part", false);
    }
    write_table(pen, recent);
    if (recent.size() <= kOutagesShown) return;
    const auto rest = static_cast<std::int64_t>(recent.size() - kOutagesShown);
    pen.html.leaf("p", {}, pen.words.counted("outages.more", rest));
}

}  // namespace tillkeeper::agent
