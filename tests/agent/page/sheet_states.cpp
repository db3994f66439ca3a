#include "tests/agent/page/sheet_states.h"

#include <algorithm>
#include <iterator>

#include "agent/page/sheets.h"
#include "tests/agent/page/day_states.h"
#include "tests/agent/page/page_states.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
using storage::HeldState;

constexpr std::string_view kSale =
    R"({"id":"0193485e-7a3c-7c1e-9d59-8a4f2f1b6c01","type":"sale","till_sequence":48211,)"
    R"("occurred_at":"2026-11-20T10:42:07.120+01:00","business_day":"2026-11-20","currency":"EUR",)"
    R"("receipt":"0042-07-48211","lines":[)"
    R"({"sku":"85123A","description":"white hanging heart","quantity":6,"unit_price":255,"amount":1530},)"
    R"({"sku":"71053","description":"lantern","quantity":1,"unit_price":339,"amount":"3.39"}],)"
    R"("tenders":[{"type":"card","amount":1869}],"total":1896})";

HeldFacts held(const std::string& destination, HeldState state, std::string transaction) {
    HeldFacts facts;
    facts.item = {destination, 4711, state, "", 0, 0, page_state("offline").now - 26h};
    facts.original.number = 4711;
    facts.original.till = "till-7";
    facts.original.receipt = "0042-07-48211";
    facts.transaction = std::move(transaction);
    facts.form = form_of(facts.transaction);
    if (destination.empty()) facts.problems = {{"not-money", "/lines/1/amount"}, {"totals", "/tenders"}};
    if (!destination.empty()) facts.item.reason = "Unknown article 71053 (tax code missing)";
    return facts;
}

}  // namespace

std::vector<SheetState> sheet_states(const Words& words) {
    auto facts = page_state("offline");
    const auto sign_in = [&](std::string_view said, Duration wait) {
        return render_sign_in(facts, words, {said, wait, "Anna", "/held?at=erp&number=4711"});
    };
    std::vector<SheetState> all{{"sheet_sign_in", sign_in("", {})},
                                {"sheet_sign_in_wait", sign_in("sign_in.wait", 4min)}};
    facts.signed_in = SignedIn{"Anna", "AAAAAAAAAAAAAAAAAAAAAA"};
    facts.here = "/held?number=4711&at=";
    const auto quarantined = held("", HeldState::kHeld, std::string(kSale));
    const HeldFault fault{"held.why.bad",
                          {{"totals", "/lines"}},
                          {"/total"},
                          {{"/lines/1/amount", "3,40"}, {"/total", "eighteen"}, {"why", ""}}};
    auto damaged = held("", HeldState::kHeld, "");
    damaged.original.damaged = "its digest is another";
    all.push_back({"sheet_quarantined", render_held(facts, words, quarantined, {})});
    all.push_back({"sheet_wrong", render_held(facts, words, quarantined, fault)});
    all.push_back({"sheet_rejected", render_held(facts, words, held("erp", HeldState::kHeld, std::string(kSale)), {})});
    all.push_back(
        {"sheet_follows", render_held(facts, words, held("erp", HeldState::kWaiting, std::string(kSale)), {})});
    all.push_back({"sheet_damaged", render_held(facts, words, damaged, {})});
    all.push_back({"sheet_print", render_held_print(facts, words, quarantined)});
    all.push_back({"sheet_offline", render_offline(facts, words, {})});
    all.push_back(
        {"sheet_online",
         render_offline(facts, words, {OfflineSpell{"Anna", "new router", facts.now + 2h}, "held.why.bad", ""})});
    all.push_back({"sheet_gone", render_message(facts, words, "held.gone")});
    std::ranges::move(day_states(words), std::back_inserter(all));
    return all;
}

}  // namespace tillkeeper::agent
