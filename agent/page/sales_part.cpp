// Today's sales by the hour: what this box has accepted, and how much of it is delivered everywhere.
#include <algorithm>
#include <string>

#include "agent/page/parts.h"

namespace tillkeeper::agent {
namespace {

constexpr std::int64_t kPlotHeight = 100;
constexpr std::size_t kHourWidth = 10;
constexpr std::size_t kGap = 1;

// Which of an hour's two numbers a plot shows.
using Part = std::int64_t SalesHour::Amounts::*;

std::int64_t tallest(const SalesDay& day, Part part) {
    std::int64_t most = 1;
    for (const auto& each : day.hours) most = std::max(most, each.accepted.*part);
    return most;
}

void write_bar(Html& html, std::string_view name, std::size_t place, std::int64_t value, std::int64_t most) {
    if (value <= 0) return;  // an hour of returns
    const auto part = static_cast<double>(value) / static_cast<double>(most);
    const auto height = std::max(std::int64_t{1}, static_cast<std::int64_t>(part * kPlotHeight));
    html.leaf("rect",
              {{"class", name},
               {"x", std::to_string(place * kHourWidth + kGap)},
               {"y", std::to_string(kPlotHeight - height)},
               {"width", std::to_string(kHourWidth - 2 * kGap)},
               {"height", std::to_string(height)}},
              "");
}

void write_axis(Html& html, const SalesDay& day) {
    const auto axis = html.in("div", {{"class", "hours"}, {"aria-hidden", "true"}});
    for (const auto& each : day.hours) html.leaf("span", {}, std::to_string(each.hour % 24));
}

void write_plot(const Pen& pen, const SalesDay& day, const char* key, Part part, const std::string& most) {
    const auto figure = pen.html.in("div", {{"class", "plot"}});
    const std::string name = pen.words.text(key);
    pen.html.leaf("h3", {}, name);
    pen.html.leaf("p", {{"class", "hint"}}, pen.words.text("sales.most", {{"amount", most}}));
    {
        const auto box = "0 0 " + std::to_string(day.hours.size() * kHourWidth) + ' ' + std::to_string(kPlotHeight);
        const auto svg = pen.html.in("svg", {{"class", "bars"},
                                             {"viewBox", box},
                                             {"preserveAspectRatio", "none"},
                                             {"role", "img"},
                                             {"aria-label", name}});
        pen.html.leaf("title", {}, name);
        pen.html.leaf("desc", {}, pen.words.text("sales.described"));
        for (std::size_t i = 0; i < day.hours.size(); ++i) {
            write_bar(pen.html, "here", i, day.hours[i].accepted.*part, tallest(day, part));
            if (day.hours[i].delivered)
                write_bar(pen.html, "there", i, (*day.hours[i].delivered).*part, tallest(day, part));
        }
    }
    write_axis(pen.html, day);
}

std::string amounts(const Pen& pen, const std::optional<SalesHour::Amounts>& of, const std::string& currency) {
    if (!of) return "\u2013";
    return pen.words.number(of->count) + (currency.empty() ? "" : " \u00B7 " + pen.words.money(of->value, currency));
}

void write_table(const Pen& pen, const SalesDay& day) {
    const auto table = pen.html.in("table");
    {
        const auto head = pen.html.in("thead");
        const auto row = pen.html.in("tr");
        for (const auto* const key : {"sales.hour", "sales.here", "sales.there"})
            pen.html.leaf("th", {{"scope", "col"}}, pen.words.text(key));
    }
    const auto body = pen.html.in("tbody");
    for (const auto& each : day.hours) {
        const auto row = pen.html.in("tr");
        pen.html.leaf("th", {{"scope", "row"}}, std::to_string(each.hour % 24) + ":00");
        pen.html.leaf("td", {}, amounts(pen, each.accepted, day.currency));
        pen.html.leaf("td", {}, amounts(pen, each.delivered, day.currency));
    }
}

void write_key(const Pen& pen, const char* name, const char* text) {
    const auto item = pen.html.in("li");
    {
        const auto svg = pen.html.in("svg", {{"class", "key bars"},
                                             {"viewBox", "0 0 10 100"},
                                             {"preserveAspectRatio", "none"},
                                             {"aria-hidden", "true"}});
        write_bar(pen.html, name, 0, 1, 1);
    }
    pen.html.leaf("span", {}, pen.words.text(text));
}

}  // namespace

void write_sales(const Pen& pen) {
    if (!pen.facts.sales) return pen.html.leaf("section", {{"id", "sales"}, {"hidden", ""}}, "");
    const SalesDay& day = *pen.facts.sales;
    const auto section = pen.html.in("section", {{"id", "sales"}, {"class", "card wide"}});
    pen.html.leaf("h2", {}, pen.words.text("sales.heading"));
    if (!day.counted) pen.html.leaf("p", {{"class", "hint"}}, pen.words.text("sales.counting"));
    if (day.hours.empty()) return pen.html.leaf("p", {}, pen.words.text("sales.none"));
    {
        const auto keys = pen.html.in("ul", {{"class", "keys"}});
        write_key(pen, "here", "sales.here");
        write_key(pen, "there", "sales.there");
    }
    {
        const auto plots = pen.html.in("div", {{"class", "pair"}});
        write_plot(pen, day, "sales.count", &SalesHour::Amounts::count,
                   pen.words.number(tallest(day, &SalesHour::Amounts::count)));
        if (!day.currency.empty())
            write_plot(pen, day, "sales.value", &SalesHour::Amounts::value,
                       pen.words.money(tallest(day, &SalesHour::Amounts::value), day.currency));
    }
    write_table(pen, day);
}

}  // namespace tillkeeper::agent
