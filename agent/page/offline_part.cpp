// Keeping the store offline: the way there, and the form.
#include <array>
#include <string>

#include "agent/page/parts.h"
#include "agent/page/sheets.h"
#include "agent/page/view.h"

namespace tillkeeper::agent {
namespace {

constexpr std::array<int, 4> kMinutes{15, 60, 240, 720};
constexpr int kMinutesChosen = 60;

void write_span(const Pen& pen) {
    pen.html.leaf("label", {{"for", "minutes"}}, pen.words.text("offline_sheet.for"));
    const auto select = pen.html.in("select", {{"id", "minutes"}, {"name", "minutes"}});
    for (const int each : kMinutes) {
        const std::string value = std::to_string(each);
        const std::string words = pen.words.duration(std::chrono::minutes(each));
        if (each == kMinutesChosen)
            pen.html.leaf("option", {{"value", value}, {"selected", ""}}, words);
        else
            pen.html.leaf("option", {{"value", value}}, words);
    }
}

void write_sheet(const Pen& pen, const OfflineSheet& sheet) {
    const auto section = pen.html.in("section", {{"class", "card sheet"}});
    pen.html.leaf("h1", {}, pen.words.text(sheet.spell ? "offline_sheet.end_heading" : "offline_sheet.heading"));
    if (!sheet.said.empty()) {
        const auto box = pen.html.in("div", {{"role", "alert"}});
        lamp(pen.html, Sign::kCaution, pen.words.text(sheet.said));
    }
    if (sheet.spell)
        pen.html.leaf("p", {},
                      pen.words.text("offline_sheet.now", {{"until", pen.moment(sheet.spell->until)},
                                                           {"name", sheet.spell->who},
                                                           {"why", sheet.spell->why}}));
    else
        pen.html.leaf("p", {}, pen.words.text("offline_sheet.about"));
    write_form(pen, sheet.spell ? "/online" : "/offline", [&] {
        const auto fields = pen.html.in("div", {{"class", "fields"}});
        if (!sheet.spell) write_span(pen);
        write_reason_field(pen, "why", sheet.why);
        pen.html.leaf("button", {}, pen.words.text(sheet.spell ? "offline_sheet.end" : "offline_sheet.begin"));
    });
    pen.html.leaf("a", {{"class", "act"}, {"href", "/"}}, pen.words.text("staff.back"));
}

}  // namespace

void write_offline_link(const Pen& pen) {
    if (!pen.facts.signed_in) return pen.html.leaf("section", {{"id", "offline"}, {"hidden", ""}}, "");
    const auto section = pen.html.in("section", {{"id", "offline"}, {"class", "card"}});
    const bool offline = pen.facts.store.offline_until.has_value();
    pen.html.leaf("a", {{"class", "act"}, {"href", "/offline"}},
                  pen.words.text(offline ? "offline_sheet.end_heading" : "offline_sheet.heading"));
}

std::string render_offline(const PageFacts& facts, const Words& words, const OfflineSheet& sheet) {
    return render_sheet(facts, words, words.text(sheet.spell ? "offline_sheet.end_heading" : "offline_sheet.heading"),
                        [&](const Pen& pen) { write_sheet(pen, sheet); });
}

}  // namespace tillkeeper::agent
