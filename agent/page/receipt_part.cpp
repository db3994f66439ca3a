// "Is this receipt safe?": the question and its answer.
#include <string>

#include "agent/page/parts.h"

namespace tillkeeper::agent {
namespace {

using State = Delivery::State;
using Outcome = ReceiptAnswer::Outcome;

Sign sign_of(State state) {
    if (state == State::kDelivered) return Sign::kGood;
    if (state == State::kNotMeant) return Sign::kPending;
    return state == State::kOnWay ? Sign::kMoving : Sign::kCaution;
}

std::string words_of(const Words& words, const Delivery& lamp) {
    switch (lamp.state) {
        case State::kDelivered:
            return lamp.document.empty() ? words.text("lamp.delivered")
                                         : words.text("lamp.booked", {{"number", lamp.document}});
        case State::kOnWay:
            return words.text("lamp.on_way");
        case State::kHeld:
            return words.text("lamp.held");
        case State::kFollows:
            return words.text("lamp.follows");
        case State::kNotMeant:
            break;
    }
    return words.text("lamp.not_meant");
}

void write_lamp(Html& html, Sign sign, std::string_view whose, std::string_view text) {
    const auto item = html.in("li", {{"class", class_of(sign)}});
    draw(html, sign);
    const auto words = html.in("span");
    html.leaf("b", {}, whose);
    html.single("br", {});
    html.text(text);
}

void write_found(const Pen& pen, const ReceiptRow& row) {
    const auto card = pen.html.in("div", {{"class", "found"}});
    pen.html.leaf("h3", {}, pen.words.text("receipt.of", {{"receipt", row.receipt}, {"till", row.till}}));
    const auto lamps = pen.html.in("ul", {{"class", "lamps"}});
    write_lamp(pen.html, Sign::kGood, pen.words.text("lamp.box"),
               pen.words.text("lamp.safe", {{"time", pen.moment(row.safe_since)}}));
    for (const auto& each : row.lamps)
        write_lamp(pen.html, sign_of(each.state), each.destination, words_of(pen.words, each));
}

void write_nothing(const Pen& pen, Outcome outcome) {
    const auto* const key = outcome == Outcome::kTooLong      ? "receipt.too_long"
                            : outcome == Outcome::kCard       ? "receipt.card"
                            : outcome == Outcome::kUnreadable ? "receipt.unreadable"
                                                              : "receipt.not_found";
    lamp(pen.html, Sign::kPending, pen.words.text(key));
    if (outcome != Outcome::kNotFound) return;
    const auto tries = pen.html.in("ul");
    for (const auto* const each : {"receipt.try.1", "receipt.try.2", "receipt.try.3"})
        pen.html.leaf("li", {}, pen.words.text(each));
}

// scan.js shows it where the browser can read codes.
void write_camera(const Pen& pen) {
    Html& html = pen.html;
    html.leaf("button",
              {{"id", "camera"},
               {"type", "button"},
               {"class", "second"},
               {"aria-expanded", "false"},
               {"aria-controls", "finder"},
               {"hidden", ""}},
              pen.words.text("receipt.camera"));
    {
        const auto finder = html.in("div", {{"id", "finder"}, {"hidden", ""}});
        html.leaf("p", {}, pen.words.text("receipt.camera_hint"));
        html.leaf("video", {{"muted", ""}, {"playsinline", ""}}, "");
    }
    html.leaf("p",
              {{"id", "camera-failure"}, {"role", "status"}, {"data-text", pen.words.text("receipt.camera_failed")}},
              "");
}

void write_question(const Pen& pen) {
    Html& html = pen.html;
    const auto section = html.in("section", {{"id", "ask"}, {"class", "card wide"}});
    html.leaf("h2", {}, pen.words.text("receipt.heading"));
    const auto form = html.in("form", {{"action", "/receipt#ask"}, {"method", "get"}, {"role", "search"}});
    html.leaf("label", {{"for", "q"}}, pen.words.text("receipt.label"));
    html.leaf("p", {{"id", "hint"}, {"class", "hint"}}, pen.words.text("receipt.hint"));
    const auto line = html.in("div", {{"class", "line"}});
    html.single("input", {{"id", "q"},
                          {"name", "q"},
                          {"type", "text"},
                          {"inputmode", "text"},
                          {"autocomplete", "off"},
                          {"autocapitalize", "off"},
                          {"spellcheck", "false"},
                          {"enterkeyhint", "search"},
                          {"maxlength", "64"},
                          {"required", ""},
                          {"aria-describedby", "hint"},
                          {"value", pen.facts.receipt ? pen.facts.receipt->query : ""}});
    html.leaf("button", {}, pen.words.text("receipt.button"));
    write_camera(pen);
}

}  // namespace

void write_receipt(const Pen& pen) {
    write_question(pen);
    const auto& receipt = pen.facts.receipt;
    const auto answer =
        receipt ? pen.html.in("section", {{"id", "answer"}, {"class", "card wide"}, {"aria-live", "polite"}})
                : pen.html.in("section", {{"id", "answer"}, {"hidden", ""}});
    if (!receipt) return;
    if (receipt->outcome != Outcome::kFound) return write_nothing(pen, receipt->outcome);
    for (const auto& row : receipt->rows) write_found(pen, row);
}

}  // namespace tillkeeper::agent
