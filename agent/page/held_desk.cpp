#include "agent/page/held_desk.h"

#include <charconv>
#include <utility>

#include "agent/contract/card_number.h"
#include "agent/page/answers.h"
#include "agent/page/held_facts.h"
#include "agent/page/sheets.h"

namespace tillkeeper::agent {
namespace {

using Kind = storage::Decision::Kind;

constexpr std::size_t kWhyCharactersMax = 200;
constexpr std::size_t kWhyBytesMax = 4 * kWhyCharactersMax;

Result<HeldFacts> facts_of(storage::JournalReader& reader, const StaffRequest& asked) {
    const auto text = field(asked.fields, "number");
    storage::JournalNumber number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return held_facts(reader, number, field(asked.fields, "at"));
}

ServerResponse nothing_there(const StaffRequest& asked, const Error& error) {
    const bool gone = error.code == ErrorCode::kNotFound;
    return page_answer(gone ? 404 : 503, "text/html",
                       render_message(asked.facts, asked.words, gone ? "held.gone" : "held.not_now"));
}

// What was sold does not stay on a screen that nobody uses any more.
ServerResponse closing_page(int status, std::string html) {
    auto answer = page_answer(status, "text/html", std::move(html));
    const auto idle = std::chrono::duration_cast<std::chrono::seconds>(Sessions::kIdleMax);
    answer.headers.emplace_back("Refresh", std::to_string(idle.count()) + "; url=/");
    return answer;
}

std::string_view name_of(Kind kind) {
    return kind == Kind::kRetry ? "retry" : kind == Kind::kRepair ? "repair" : "skip";
}

// What must be right before anything is decided. `repaired`: where it is a repair, the transaction then.
HeldFault fault_of(const StaffRequest& asked, const HeldFacts& held, Kind kind, std::string& repaired) {
    HeldFault fault;
    const auto why = field(asked.fields, "why");
    const bool reason_given = kind == Kind::kRetry || why.find_first_not_of(' ') != std::string_view::npos;
    if (!reason_given || why.size() > kWhyBytesMax || contains_card_number(why)) fault.said = "held.why.bad";
    if (kind != Kind::kRepair) return fault;
    repaired = field(asked.fields, "transaction");
    if (repaired.empty()) {
        auto changed = edited(held.transaction, asked.fields);
        repaired = std::move(changed.json);
        fault.no_numbers = std::move(changed.no_numbers);
    }
    const auto examined = DecisionDesk::examine_repair(held.original, held.item.destination.empty(), repaired);
    for (const auto& each : examined.problems) fault.problems.push_back({std::string(each.type.word()), each.pointer});
    return fault;
}

// The same page with what was typed, and what is wrong with it.
ServerResponse once_more(const StaffRequest& asked, const HeldFacts& held, HeldFault fault) {
    fault.typed = asked.fields;
    PageFacts facts = asked.facts;
    facts.here = held_path(held.item.number, held.item.destination);
    return closing_page(422, render_held(facts, asked.words, held, fault));
}

bool is_fine(const HeldFault& fault) {
    return fault.said.empty() && fault.problems.empty() && fault.no_numbers.empty();
}

}  // namespace

void HeldDesk::open_at(StaffDesk& desk) {
    const auto look = [&](std::string way, bool on_paper) {
        desk.on(std::move(way), [this, on_paper](StaffRequest asked, HttpServer::Reply reply) {
            show(std::move(asked), std::move(reply), on_paper);
        });
    };
    look("GET /held", false);
    look("GET /held/print", true);
    for (const auto kind : {Kind::kRetry, Kind::kRepair, Kind::kSkip})
        desk.on("POST /held/" + std::string(name_of(kind)), [this, kind](StaffRequest asked, HttpServer::Reply reply) {
            decide(std::move(asked), std::move(reply), kind);
        });
}

void HeldDesk::show(StaffRequest asked, HttpServer::Reply reply, bool on_paper) {
    const auto held = facts_of(reader_, asked);
    if (!held) return reply(nothing_there(asked, held.error()));
    reply(closing_page(200, on_paper ? render_held_print(asked.facts, asked.words, *held)
                                     : render_held(asked.facts, asked.words, *held, {})));
}

void HeldDesk::decide(StaffRequest asked, HttpServer::Reply reply, Kind kind) {
    auto held = facts_of(reader_, asked);
    if (!held) return reply(nothing_there(asked, held.error()));
    std::string repaired;
    auto fault = fault_of(asked, *held, kind, repaired);
    if (!is_fine(fault)) return reply(once_more(asked, *held, std::move(fault)));
    DecisionWish wish{kind,
                      held->item.number,
                      held->item.destination,
                      asked.facts.signed_in->name,
                      std::string(field(asked.fields, "why")),
                      std::move(repaired)};
    decisions_.decide(std::move(wish), [asked = std::move(asked), held = std::move(*held), kind,
                                        reply = std::move(reply)](Result<storage::JournalNumber> done) mutable {
        if (done) return reply(go_on("/?done=" + std::string(name_of(kind))));
        if (done.error().code != ErrorCode::kInvalid) return reply(nothing_there(asked, done.error()));
        reply(
            once_more(asked, held, {.said = "", .problems = {{"id-conflict", "/id"}}, .no_numbers = {}, .typed = {}}));
    });
}

}  // namespace tillkeeper::agent
