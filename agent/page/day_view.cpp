#include "agent/page/day_view.h"

#include "agent/page/html.h"
#include "agent/page/language.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kNamesShown = 20;

struct DayPen {
    Html& html;
    const DayPage& page;
    const Words& words;

    void heading(std::string_view level, std::string_view key) const { html.leaf(level, {}, words.text(key)); }
};

// What tills say often has a word of its own; the rest is shown as they say it.
std::string word_for(const Words& words, std::string_view group, const std::string& name) {
    const std::string key = "day." + std::string(group) + '.' + name;
    if (name.empty()) return words.text("day.unnamed");
    return words.has(key) ? words.text(key) : name;
}

void write_sums(const DayPen& pen, std::string_view group, const Sums& sums) {
    if (sums.all().empty()) return;
    Html& html = pen.html;
    const auto scroll = html.in("div", {{"class", "sheet"}});
    const auto table = html.in("table");
    html.leaf("caption", {}, pen.words.text("day." + std::string(group)));
    {
        const auto head = html.in("thead");
        const auto row = html.in("tr");
        html.leaf("th", {{"scope", "col"}}, pen.words.text("day.what"));
        html.leaf("th", {{"scope", "col"}}, pen.words.text("day.count"));
        html.leaf("th", {{"scope", "col"}}, pen.words.text("day.sum"));
    }
    const auto body = html.in("tbody");
    for (const auto& [name, amounts] : sums.all()) {
        const auto row = html.in("tr");
        html.leaf("th", {{"scope", "row"}}, word_for(pen.words, group, name.what));
        html.leaf("td", {}, pen.words.number(amounts.count));
        html.leaf("td", {}, pen.words.money(amounts.sum, name.currency));
    }
}

std::string ranges_text(const NumberRanges::Ranges& ranges) {
    std::string text;
    std::size_t shown = 0;
    for (const auto& [first, last] : ranges) {
        if (shown++ == kNamesShown) return text + ", …";
        if (!text.empty()) text += ", ";
        text += std::to_string(first);
        if (last != first) text += "–" + std::to_string(last);
    }
    return text;
}

std::string names_text(const NamedEntries& entries) {
    std::string text;
    for (std::size_t i = 0; i < entries.named.size() && i < kNamesShown; ++i)
        text += (text.empty() ? "" : ", ") + entries.named[i].id;
    return entries.count > static_cast<std::int64_t>(kNamesShown) ? text + ", …" : text;
}

// What does not show in the sums.
void write_notes(const DayPen& pen, const TillTotals& totals) {
    const Words& words = pen.words;
    const auto list = pen.html.in("ul", {{"class", "notes"}});
    const auto note = [&](const std::string& text) { pen.html.leaf("li", {}, text); };
    if (totals.points_redeemed != 0) note(words.text("day.points", {{"points", words.number(totals.points_redeemed)}}));
    if (const auto missing = totals.missing(); !missing.empty())
        note(words.text("day.missing", {{"numbers", ranges_text(missing)}}));
    if (totals.quarantined.count > 0) {
        const auto names = names_text(totals.quarantined);
        note(words.counted("day.quarantined", totals.quarantined.count) + (names.empty() ? "" : " " + names));
    }
    if (totals.unreadable > 0) note(words.counted("day.unreadable", totals.unreadable));
}

void write_totals(const DayPen& pen, const TillTotals& totals) {
    pen.html.leaf("p", {}, pen.words.counted("day.transactions", totals.transactions));
    write_sums(pen, "type", totals.types);
    write_sums(pen, "tender", totals.tenders);
    write_notes(pen, totals);
}

void write_hours(const DayPen& pen) {
    Html& html = pen.html;
    const DayBook& book = pen.page.report.book;
    const auto section = html.in("section", {{"class", "card"}});
    pen.heading("h2", "day.hours");
    const auto scroll = html.in("div", {{"class", "sheet"}});
    const auto table = html.in("table");
    html.leaf("caption", {}, pen.words.text("day.hours_hint"));
    const auto body = html.in("tbody");
    const auto hours = book.accepted();
    for (std::size_t hour = 0; hour < hours.size(); ++hour) {
        if (hours[hour].count == 0) continue;
        const auto row = html.in("tr");
        html.leaf("th", {{"scope", "row"}}, std::to_string(hour % 24) + ":00");
        html.leaf("td", {}, pen.words.number(hours[hour].count));
        html.leaf("td", {}, pen.words.money(hours[hour].value, book.currency()));
    }
}

void write_manifests(const DayPen& pen) {
    Html& html = pen.html;
    const auto section = html.in("section", {{"class", "card"}});
    pen.heading("h2", "day.manifest");
    if (pen.page.report.manifests.empty()) return pen.heading("p", "day.manifest_none");
    pen.heading("p", "day.manifest_why");
    const auto list = html.in("ul", {{"class", "notes"}});
    for (const auto& each : pen.page.report.manifests) {
        const auto item = html.in("li");
        const std::string id = manifest_id(each.manifest);
        const auto made_at = parse_rfc3339(each.manifest.made_at);
        html.leaf("a", {{"href", "/manifest?number=" + std::to_string(each.number)}, {"download", id + ".jws"}}, id);
        html.text(" " + pen.words.text("day.manifest_of",
                                       {{"first", pen.words.number(each.manifest.first)},
                                        {"last", pen.words.number(each.manifest.last)},
                                        {"time", made_at ? pen.words.moment(*made_at, pen.page.now, pen.page.zone)
                                                         : each.manifest.made_at}}));
    }
}

void write_menu(const DayPen& pen) {
    Html& html = pen.html;
    const std::string day = to_text(pen.page.report.day);
    const auto section = html.in("section", {{"class", "card wide screen"}});
    pen.heading("h2", "day.other");
    {
        const auto form = html.in("form", {{"action", "/day"}, {"method", "get"}});
        html.leaf("label", {{"for", "date"}}, pen.words.text("day.date"));
        const auto line = html.in("div", {{"class", "line"}});
        html.single("input", {{"id", "date"}, {"name", "date"}, {"type", "date"}, {"required", ""}, {"value", day}});
        html.leaf("button", {}, pen.words.text("day.show"));
    }
    const auto list = html.in("ul", {{"class", "ways"}});
    for (const auto each : pen.page.days) {
        const auto item = html.in("li");
        html.leaf("a", {{"href", "/day?date=" + to_text(each)}}, pen.words.date(each));
    }
    for (const char* form : {"csv", "json"}) {
        const auto item = html.in("li");
        html.leaf("a", {{"href", "/day." + std::string(form) + "?date=" + day}, {"download", ""}},
                  pen.words.text("day." + std::string(form)));
    }
}

void write_tills(const DayPen& pen) {
    for (const auto& [name, totals] : pen.page.report.book.tills()) {
        const auto section = pen.html.in("section", {{"class", "card till"}});
        pen.html.leaf("h2", {}, pen.words.text("day.till", {{"till", name}}));
        write_totals(pen, totals);
    }
}

void write_report(const DayPen& pen) {
    Html& html = pen.html;
    const DayReport& report = pen.page.report;
    const Words& words = pen.words;
    const auto main = html.in("main", {{"id", "main"}, {"tabindex", "-1"}, {"class", "day"}});
    {
        const auto section = html.in("section", {{"class", "card wide"}});
        html.leaf("h1", {}, words.text("day.title", {{"date", words.date(report.day)}}));
        html.leaf("p", {{"class", "hint"}},
                  words.text("page.as_of", {{"time", words.moment(report.as_of, pen.page.now, pen.page.zone)}}));
        if (report.book.tills().empty())
            pen.heading("p", "day.nothing");
        else
            write_totals(pen, report.book.store());
        html.leaf("p", {{"class", "hint screen"}}, words.text("day.print"));
    }
    write_menu(pen);
    write_tills(pen);
    if (!report.book.tills().empty()) write_hours(pen);
    write_manifests(pen);
}

void write_head(Html& html, std::string_view title) {
    const auto head = html.in("head");
    html.single("meta", {{"charset", "utf-8"}});
    html.single("meta", {{"name", "viewport"}, {"content", "width=device-width,initial-scale=1"}});
    html.single("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    html.leaf("title", {}, title);
    html.single("link", {{"rel", "stylesheet"}, {"href", "/page.css"}});
    html.single("link", {{"rel", "icon"}, {"href", "data:,"}});
}

// The same day in each language.
void write_languages(Html& html, const std::string& here, const Words& words) {
    const auto nav = html.in("nav", {{"aria-label", words.text("page.language")}});
    const auto list = html.in("ul");
    for (const auto each : kLanguages) {
        const auto item = html.in("li");
        const std::string href = here + "lang=" + std::string(each);
        if (each == words.language())
            html.leaf("a", {{"href", href}, {"lang", each}, {"title", language_name(each)}, {"aria-current", "true"}},
                      each);
        else
            html.leaf("a", {{"href", href}, {"lang", each}, {"title", language_name(each)}, {"hreflang", each}}, each);
    }
}

template <typename Body>
std::string document(std::string_view store, const std::string& here, const Words& words, const Body& body) {
    Html html;
    const std::string title = words.text("page.title", {{"store", store}});
    {
        const auto root = html.in("html", {{"lang", words.language()}});
        write_head(html, words.text("day.heading") + " – " + title);
        const auto page = html.in("body");
        html.leaf("a", {{"class", "skip"}, {"href", "#main"}}, words.text("day.skip"));
        {
            const auto header = html.in("header");
            html.leaf("a", {{"class", "store"}, {"href", "/"}}, title);
            write_languages(html, here, words);
        }
        body(html);
    }
    return "<!doctype html>\n" + std::move(html).take();
}

}  // namespace

std::string render_day(const DayPage& page, const Words& words) {
    return document(page.report.store, "/day?date=" + to_text(page.report.day) + '&', words,
                    [&](Html& html) { write_report({html, page, words}); });
}

std::string render_no_day(std::string_view key, std::string_view store, const Words& words) {
    return document(store, "/day?", words, [&](Html& html) {
        const auto main = html.in("main", {{"id", "main"}, {"tabindex", "-1"}});
        const auto section = html.in("section", {{"class", "card wide"}});
        html.leaf("h1", {}, words.text("day.heading"));
        html.leaf("p", {}, words.text(key));
        html.leaf("a", {{"href", "/day"}}, words.text("day.today"));
    });
}

}  // namespace tillkeeper::agent
