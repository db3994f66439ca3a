// Who is signed in, signing in, and what every form has.
#include <string>

#include "agent/page/parts.h"
#include "agent/page/sheets.h"
#include "agent/page/view.h"
#include "agent/staff/people.h"

namespace tillkeeper::agent {
namespace {

constexpr auto kWhyMax = "200";

void write_said(const Pen& pen, const SignInSheet& sheet) {
    if (sheet.said.empty()) return;
    const auto wait = std::chrono::ceil<std::chrono::seconds>(sheet.wait);
    const auto box = pen.html.in("div", {{"role", "alert"}});
    lamp(pen.html, Sign::kCaution, pen.words.text(sheet.said, {{"duration", pen.words.duration(wait)}}));
}

void write_sign_in(const Pen& pen, const SignInSheet& sheet) {
    Html& html = pen.html;
    const Words& words = pen.words;
    const auto section = html.in("section", {{"class", "card sheet"}});
    html.leaf("h1", {}, words.text("sign_in.heading"));
    html.leaf("p", {}, words.text("sign_in.about"));
    write_said(pen, sheet);
    const auto form = html.in("form", {{"method", "post"}, {"action", "/sign-in"}, {"class", "fields"}});
    html.single("input", {{"type", "hidden"}, {"name", "next"}, {"value", sheet.next}});
    html.leaf("label", {{"for", "name"}}, words.text("sign_in.name"));
    html.single("input", {{"id", "name"},
                          {"name", "name"},
                          {"type", "text"},
                          {"autocomplete", "username"},
                          {"autocapitalize", "words"},
                          {"spellcheck", "false"},
                          {"maxlength", std::to_string(kPersonNameBytesMax)},
                          {"required", ""},
                          {"value", sheet.name}});
    html.leaf("label", {{"for", "pin"}}, words.text("sign_in.pin"));
    html.single("input", {{"id", "pin"},
                          {"name", "pin"},
                          {"type", "password"},
                          {"inputmode", "numeric"},
                          {"autocomplete", "current-password"},
                          {"maxlength", std::to_string(kPinDigitsMax)},
                          {"required", ""}});
    html.leaf("button", {}, words.text("staff.sign_in"));
}

}  // namespace

void write_who(const Pen& pen) {
    if (!pen.facts.signed_in)
        return pen.html.leaf("a", {{"class", "who"}, {"href", "/sign-in"}}, pen.words.text("staff.sign_in"));
    const auto who = pen.html.in("div", {{"class", "who"}});
    write_form(pen, "/sign-out", [&] {
        pen.html.leaf("span", {}, pen.words.text("staff.signed_in", {{"name", pen.facts.signed_in->name}}));
        pen.html.leaf("button", {{"class", "plain"}}, pen.words.text("staff.sign_out"));
    });
}

void write_form(const Pen& pen, std::string_view action, const std::function<void()>& fill) {
    const auto form = pen.html.in("form", {{"method", "post"}, {"action", action}, {"autocomplete", "off"}});
    const std::string token = pen.facts.signed_in ? pen.facts.signed_in->token : "";
    pen.html.single("input", {{"type", "hidden"}, {"name", "token"}, {"value", token}});
    fill();
}

void write_reason_field(const Pen& pen, const std::string& id, std::string_view typed) {
    pen.html.leaf("label", {{"for", id}}, pen.words.text("held.why"));
    pen.html.leaf("p", {{"class", "hint"}, {"id", id + "-hint"}}, pen.words.text("held.why.hint"));
    pen.html.single("input", {{"id", id},
                              {"name", "why"},
                              {"type", "text"},
                              {"maxlength", kWhyMax},
                              {"required", ""},
                              {"aria-describedby", id + "-hint"},
                              {"value", typed}});
}

void write_done(const Pen& pen) {
    const std::string key = "staff.done." + pen.facts.done;
    const bool shown = pen.facts.signed_in && pen.words.has(key);
    const auto section = shown ? pen.html.in("section", {{"id", "done"}, {"class", "card wide"}, {"role", "status"}})
                               : pen.html.in("section", {{"id", "done"}, {"hidden", ""}});
    if (shown) lamp(pen.html, Sign::kGood, pen.words.text(key));
}

std::string reason_of(const Words& words, std::string_view problem_type) {
    const std::string key = "reason." + std::string(problem_type);
    return words.text(words.has(key) ? key : "waiting.not_understood");
}

std::string reason_at(const Words& words, std::string_view destination, storage::HeldState state) {
    using storage::HeldState;
    const auto* const key = state == HeldState::kHeld      ? "waiting.held"
                            : state == HeldState::kWaiting ? "waiting.follows"
                                                           : "waiting.ready";
    return words.text(key, {{"destination", destination}});
}

std::string render_sign_in(const PageFacts& facts, const Words& words, const SignInSheet& sheet) {
    return render_sheet(facts, words, words.text("sign_in.heading"),
                        [&](const Pen& pen) { write_sign_in(pen, sheet); });
}

std::string render_message(const PageFacts& facts, const Words& words, std::string_view key) {
    return render_sheet(facts, words, words.text(key), [&](const Pen& pen) {
        const auto section = pen.html.in("section", {{"class", "card sheet"}});
        pen.html.leaf("h1", {}, words.text(key));
        pen.html.leaf("a", {{"class", "act"}, {"href", "/"}}, words.text("staff.back"));
    });
}

}  // namespace tillkeeper::agent
