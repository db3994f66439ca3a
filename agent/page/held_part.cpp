// One transaction that waits for a person: why, what stands in it, and what can be done.
#include <algorithm>
#include <charconv>
#include <string>

#include "agent/page/parts.h"
#include "agent/page/sheets.h"
#include "agent/page/view.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kGroupsOpenMax = 4;  // more are opened where something is wrong

class HeldWriter {
  public:
    HeldWriter(const Pen& pen, const HeldFacts& held, const HeldFault& fault)
        : pen_(pen), html_(pen.html), words_(pen.words), held_(held), fault_(fault) {}

    void write() {
        write_why_it_waits();
        const bool waits_for_person = held_.item.state == storage::HeldState::kHeld;
        if (!waits_for_person) return;
        const bool taken =
            std::ranges::find(held_.problems, "id-conflict", &PointedProblem::type) != held_.problems.end();
        write_repair();
        if (held_.original.damaged.empty() && !taken) write_retry();
        write_skip();
    }

  private:
    void write_why_it_waits() {
        const auto section = html_.in("section", {{"class", "card wide sheet"}});
        html_.leaf("h1", {}, held_name(words_, held_));
        if (!fault_.said.empty()) {
            const auto alert = html_.in("div", {{"role", "alert"}});
            lamp(html_, Sign::kCaution, words_.text(fault_.said));
        }
        for (const auto& reason : held_reasons(words_, held_)) html_.leaf("p", {}, reason);
        if (!held_.item.destination.empty() && !held_.item.reason.empty()) {
            html_.leaf("p", {}, words_.text("held.says", {{"destination", held_.item.destination}}));
            html_.leaf("blockquote", {}, held_.item.reason);
        }
        html_.leaf("p", {}, words_.text("held.safe"));
        html_.leaf("p", {{"class", "hint"}}, words_.text("held.closes"));
        const auto ways = html_.in("p", {{"class", "line"}});
        const auto print = "/held/print" + held_path(held_.item.number, held_.item.destination).substr(5);
        html_.leaf("a", {{"class", "act"}, {"href", print}}, words_.text("held.print"));
        html_.leaf("a", {{"class", "act"}, {"href", "/"}}, words_.text("staff.back"));
    }

    // A form about this transaction.
    void write_action(std::string_view action, const std::function<void()>& fill) {
        write_form(pen_, action, [&] {
            const std::string number = std::to_string(held_.item.number);
            html_.single("input", {{"type", "hidden"}, {"name", "number"}, {"value", number}});
            html_.single("input", {{"type", "hidden"}, {"name", "at"}, {"value", held_.item.destination}});
            fill();
        });
    }

    void write_retry() {
        const std::string key = held_.item.destination.empty() ? "held.release" : "held.retry";
        const auto section = html_.in("section", {{"class", "card"}});
        html_.leaf("h2", {}, words_.text(key));
        html_.leaf("p", {}, words_.text(key + ".about"));
        write_action("/held/retry", [&] { html_.leaf("button", {}, words_.text(key)); });
    }

    void write_skip() {
        const auto section = html_.in("section", {{"class", "card"}});
        html_.leaf("h2", {}, words_.text("held.skip"));
        html_.leaf("p", {}, words_.text("held.skip.about"));
        write_action("/held/skip", [&] {
            write_reason_field(pen_, "why-skip", field(fault_.typed, "why"));
            html_.leaf("button", {{"class", "grave"}}, words_.text("held.skip"));
        });
    }

    void write_repair() {
        const auto section = html_.in("section", {{"class", "card wide"}});
        html_.leaf("h2", {}, words_.text("held.repair"));
        write_faults();
        if (held_.form) write_fields();
        const bool open = !held_.form || !field(fault_.typed, "transaction").empty();
        const auto details = open ? html_.in("details", {{"open", ""}}) : html_.in("details");
        html_.leaf("summary", {}, words_.text("held.repair.text"));
        write_action("/held/repair", [&] {
            const auto typed = field(fault_.typed, "transaction");
            html_.leaf("textarea",
                       {{"name", "transaction"},
                        {"rows", "12"},
                        {"spellcheck", "false"},
                        {"aria-label", words_.text("held.repair.text")}},
                       typed.empty() ? held_.transaction : typed);
            write_reason_field(pen_, "why-text", field(fault_.typed, "why"));
            html_.leaf("button", {}, words_.text("held.repair.button"));
        });
    }

    void write_faults() {
        if (fault_.problems.empty() && fault_.no_numbers.empty()) return;
        const auto alert = html_.in("div", {{"role", "alert"}, {"class", "faults"}});
        lamp(html_, Sign::kCaution, words_.text("held.repair.faults"));
        const auto list = html_.in("ul");
        const auto write_one = [&](const std::string& pointer, const std::string& what) {
            html_.leaf("li", {}, pointer.empty() ? what : place_name(words_, pointer) + ": " + what);
        };
        for (const auto& each : fault_.problems) write_one(each.pointer, reason_of(words_, each.type));
        for (const auto& each : fault_.no_numbers) write_one(each, words_.text("held.repair.number"));
    }

    void write_fields() {
        const std::string currency = currency_of(held_);
        const std::string money = words_.money(1530, currency.empty() ? "EUR" : currency);
        html_.leaf("p", {}, words_.text("held.repair.about", {{"money", money}, {"minor", "1530"}}));
        write_action("/held/repair", [&] {
            for (const auto& group : *held_.form) write_group(group);
            write_reason_field(pen_, "why-repair", field(fault_.typed, "why"));
            html_.leaf("button", {}, words_.text("held.repair.button"));
        });
    }

    void write_group(const FormGroup& group) {
        const bool wrong = std::ranges::any_of(group.values, [&](const auto& each) { return is_wrong(each); });
        const bool open = group.pointer.empty() || wrong || held_.form->size() <= kGroupsOpenMax;
        const auto details =
            open ? html_.in("details", {{"class", "group"}, {"open", ""}}) : html_.in("details", {{"class", "group"}});
        const auto about = std::ranges::find(group.values, "description", &FormValue::name);
        html_.leaf("summary", {},
                   place_name(words_, group.pointer) + (about == group.values.end() ? "" : ": " + about->value));
        const auto fields = html_.in("div", {{"class", "fields"}});
        for (const auto& each : group.values) write_field(each);
    }

    void write_field(const FormValue& each) {
        const std::string id = "f" + std::to_string(++fields_);
        const bool wrong = is_wrong(each);
        const auto box = html_.in("div", {{"class", wrong ? "field wrong" : "field"}});
        html_.leaf("label", {{"for", id}},
                   place_name(words_, '/' + each.name) + (wrong ? " – " + words_.text("held.repair.wrong") : ""));
        const auto typed = fault_.typed.find(each.pointer);
        html_.single("input", {{"id", id},
                               {"name", each.pointer},
                               {"type", "text"},
                               {"inputmode", each.number ? "decimal" : "text"},
                               {"autocapitalize", "off"},
                               {"spellcheck", "false"},
                               {"aria-invalid", wrong ? "true" : "false"},
                               {"value", typed == fault_.typed.end() ? each.value : typed->second}});
    }

    [[nodiscard]] bool is_wrong(const FormValue& each) const {
        if (std::ranges::find(fault_.no_numbers, each.pointer) != fault_.no_numbers.end()) return true;
        const auto& problems = fault_.problems.empty() ? held_.problems : fault_.problems;
        return std::ranges::any_of(problems, [&](const PointedProblem& problem) {
            return problem.pointer.empty() ? problem.type == "missing-member" && each.required && each.value.empty()
                                           : problem.pointer == each.pointer;
        });
    }

    const Pen& pen_;
    Html& html_;
    const Words& words_;
    const HeldFacts& held_;
    const HeldFault& fault_;
    int fields_ = 0;
};

}  // namespace

std::string place_name(const Words& words, std::string_view pointer) {
    if (pointer.empty()) return words.text("group.top");
    std::string out;
    std::string_view list;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const auto step = pointer.substr(0, pointer.find('/'));
        pointer.remove_prefix(step.size());
        std::size_t index = 0;
        const bool in_list = std::from_chars(step.data(), step.data() + step.size(), index).ec == std::errc{};
        const std::string group = "group." + std::string(list);
        const std::string key = "field." + std::string(step);
        if (in_list && words.has(group))
            out = words.text(group, {{"number", std::to_string(index + 1)}});
        else
            out += (out.empty() ? "" : ", ") + (words.has(key) ? words.text(key) : std::string(step));
        list = step;
    }
    return out;
}

std::string held_name(const Words& words, const HeldFacts& held) {
    if (!held.original.receipt.empty() && held.original.damaged.empty())
        return words.text("receipt.of", {{"receipt", held.original.receipt}, {"till", held.original.till}});
    return words.text("waiting.entry", {{"number", std::to_string(held.item.number)}});
}

std::vector<std::string> held_reasons(const Words& words, const HeldFacts& held) {
    if (!held.original.damaged.empty()) return {words.text("held.damaged")};
    if (!held.item.destination.empty()) return {reason_at(words, held.item.destination, held.item.state)};
    std::vector<std::string> reasons;
    for (const auto& each : held.problems)
        reasons.push_back((each.pointer.empty() ? "" : place_name(words, each.pointer) + ": ") +
                          reason_of(words, each.type));
    if (reasons.empty()) reasons.push_back(words.text("waiting.not_understood"));
    return reasons;
}

std::string render_held(const PageFacts& facts, const Words& words, const HeldFacts& held, const HeldFault& fault) {
    return render_sheet(facts, words, held_name(words, held),
                        [&](const Pen& pen) { HeldWriter(pen, held, fault).write(); });
}

}  // namespace tillkeeper::agent
