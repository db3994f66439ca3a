// One transaction that waits, on paper.
#include <charconv>
#include <string>

#include "agent/page/parts.h"
#include "agent/page/sheets.h"
#include "agent/page/view.h"

namespace tillkeeper::agent {
namespace {

// Money as people write it, where it is a whole number.
std::string readable(const Words& words, const FormValue& each, std::string_view currency) {
    const bool money =
        !currency.empty() && (each.name == "amount" || each.name == "unit_price" || each.name == "total");
    std::int64_t minor = 0;
    const char* const end = each.value.data() + each.value.size();
    const auto [stop, error] = std::from_chars(each.value.data(), end, minor);
    return money && error == std::errc{} && stop == end ? words.money(minor, currency) : each.value;
}

void write_group(const Pen& pen, const FormGroup& group, std::string_view currency) {
    pen.html.leaf("h2", {}, place_name(pen.words, group.pointer));
    const auto list = pen.html.in("dl");
    for (const auto& each : group.values) {
        if (each.value.empty()) continue;
        const auto pair = pen.html.in("div");
        pen.html.leaf("dt", {}, place_name(pen.words, '/' + each.name));
        pen.html.leaf("dd", {}, readable(pen.words, each, currency));
    }
}

void write_paper(const Pen& pen, const HeldFacts& held) {
    Html& html = pen.html;
    const Words& words = pen.words;
    const auto paper = html.in("article", {{"class", "card sheet paper"}});
    html.leaf("h1", {}, held_name(words, held));
    html.leaf("p", {{"class", "no-print"}}, words.text("held.print.about"));
    {
        const auto ways = html.in("p", {{"class", "line no-print"}});
        html.leaf("button", {{"type", "button"}, {"data-print", ""}, {"hidden", ""}}, words.text("held.print"));
        html.leaf("a", {{"class", "act"}, {"href", held_path(held.item.number, held.item.destination)}},
                  words.text("staff.back"));
    }
    html.leaf("p", {},
              words.text("waiting.entry", {{"number", std::to_string(held.item.number)}}) + ", " +
                  words.text("waiting.since", {{"time", pen.moment(held.item.since)}}));
    for (const auto& reason : held_reasons(words, held)) html.leaf("p", {}, reason);
    if (!held.item.destination.empty() && !held.item.reason.empty()) html.leaf("blockquote", {}, held.item.reason);
    if (held.form)
        for (const auto& group : *held.form) write_group(pen, group, currency_of(held));
    else
        html.leaf("pre", {}, held.transaction);
    html.leaf("p", {{"class", "note"}}, words.text("print.note"));
    html.leaf("p", {{"class", "note"}}, words.text("print.signature"));
}

}  // namespace

std::string render_held_print(const PageFacts& facts, const Words& words, const HeldFacts& held) {
    return render_sheet(facts, words, held_name(words, held), [&](const Pen& pen) { write_paper(pen, held); });
}

}  // namespace tillkeeper::agent
