#include "agent/page/view.h"

#include <utility>

#include "agent/page/language.h"
#include "agent/page/parts.h"
#include "agent/version.h"
#include "sync/url_template.h"

namespace tillkeeper::agent {
namespace {

constexpr auto kRefreshSeconds = "15";  // where no script runs

// A section's place: page.js fills it when it is known what stands in it.
void write_nothing(const Pen& pen, std::string_view id) {
    pen.html.leaf("section", {{"id", id}, {"hidden", ""}}, "");
}

void write_sections(const Pen& pen) {
    write_done(pen);
    write_state(pen);
    write_progress(pen);
    write_advice(pen);
    write_receipt(pen);
    if (pen.facts.store.store.empty()) {
        for (const auto* const id : {"destinations", "tills", "waiting", "runway", "offline", "sales", "outages"})
            write_nothing(pen, id);
        return;
    }
    write_destinations(pen);
    write_tills(pen);
    write_waiting(pen);
    write_runway(pen);
    write_offline_link(pen);
    write_sales(pen);
    write_outages(pen);
}

void write_head(const Pen& pen, std::string_view title, bool refreshed) {
    Html& html = pen.html;
    const auto head = html.in("head");
    html.single("meta", {{"charset", "utf-8"}});
    html.single("meta", {{"name", "viewport"}, {"content", "width=device-width,initial-scale=1"}});
    html.single("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    html.leaf("title", {}, title);
    html.single("link", {{"rel", "stylesheet"}, {"href", "/page.css"}});
    html.single("link", {{"rel", "icon"}, {"href", "data:,"}});
    html.leaf("script", {{"src", "/page.js"}, {"defer", ""}}, "");
    if (!refreshed) return;
    html.leaf("script", {{"src", "/scan.js"}, {"defer", ""}}, "");
    const auto without = html.in("noscript");
    html.single("meta", {{"http-equiv", "refresh"}, {"content", kRefreshSeconds}});
}

// The same page in each language; what was asked for stays.
void write_switch(const Pen& pen) {
    const auto& receipt = pen.facts.receipt;
    std::string here = pen.facts.here;
    if (receipt && !receipt->query.empty()) here = "/receipt?q=" + sync::percent_encoded(receipt->query);
    here += here.empty() ? "/?lang=" : here.contains('?') ? "&lang=" : "?lang=";
    const auto nav = pen.html.in("nav", {{"aria-label", pen.words.text("page.language")}});
    const auto list = pen.html.in("ul");
    for (const auto each : kLanguages) {
        const auto item = pen.html.in("li");
        const std::string href = here + std::string(each);
        const auto name = language_name(each);
        if (each == pen.words.language())
            pen.html.leaf("a", {{"href", href}, {"lang", each}, {"title", name}, {"aria-current", "true"}}, each);
        else
            pen.html.leaf("a", {{"href", href}, {"lang", each}, {"title", name}, {"hreflang", each}}, each);
    }
}

void write_body(const Pen& pen, std::string_view title, const std::function<void(const Pen&)>& content) {
    Html& html = pen.html;
    const Words& words = pen.words;
    const auto body = html.in("body");
    html.leaf("a", {{"class", "skip"}, {"href", "#main"}}, words.text("page.skip"));
    {
        const auto header = html.in("header");
        html.leaf("a", {{"class", "store"}, {"href", "/"}}, title);
        write_who(pen);
        write_switch(pen);
    }
    html.leaf("p",
              {{"id", "silence"},
               {"class", "silence"},
               {"role", "alert"},
               {"hidden", ""},
               {"data-text", words.text("page.silence")}},
              "");
    {
        const auto main = html.in("main", {{"id", "main"}, {"tabindex", "-1"}});
        content(pen);
    }
    const auto footer = html.in("footer");
    html.leaf("a", {{"href", "/day"}}, words.text("day.heading"));
    html.leaf("p", {}, words.text("page.version", {{"version", kVersion}}));
}

// `sheet`: the title of one, "" for the page itself.
std::string render_document(const PageFacts& facts, const Words& words, std::string_view sheet,
                            const std::function<void(const Pen&)>& content) {
    Html html;
    const Pen pen{html, facts, words};
    const std::string store = words.text("page.title", {{"store", facts.store.store}});
    {
        const auto root = html.in("html", {{"lang", words.language()}});
        write_head(pen, sheet.empty() ? store : std::string(sheet) + " \u2013 " + store, sheet.empty());
        write_body(pen, store, content);
    }
    return "<!doctype html>\n" + std::move(html).take();
}

}  // namespace

std::string render_page(const PageFacts& facts, const Words& words) {
    return render_document(facts, words, "", write_sections);
}

std::string render_sheet(const PageFacts& facts, const Words& words, std::string_view title,
                         const std::function<void(const Pen&)>& content) {
    return render_document(facts, words, title, content);
}

std::string render_view(const PageFacts& facts, const Words& words) {
    Html html;
    write_sections({html, facts, words});
    return std::move(html).take();
}

}  // namespace tillkeeper::agent
