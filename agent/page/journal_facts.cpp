#include "agent/page/journal_facts.h"

#include <algorithm>
#include <map>
#include <utility>

#include "agent/contract/card_number.h"
#include "agent/local/whereabouts.h"
#include "agent/page/held_facts.h"

namespace tillkeeper::agent {
namespace {

using storage::Entry;
using storage::EntryKind;
using storage::JournalReader;

constexpr int kWaitingShown = 20;
constexpr int kFoundMax = 5;

// What a person settled stands for what it was settled for.
void drop_settled(std::vector<Entry>& found) {
    std::vector<storage::JournalNumber> settled;
    for (const auto& each : found)
        if (each.kind == EntryKind::kReleased) settled.push_back(each.repairs);
    std::erase_if(found, [&](const Entry& each) {
        return each.kind == EntryKind::kAction || !each.damaged.empty() ||
               std::ranges::find(settled, each.number) != settled.end();
    });
}

}  // namespace

std::vector<WaitingRow> waiting_rows(JournalReader& reader) {
    std::vector<WaitingRow> rows;
    const auto held = reader.held(std::nullopt, 0, kWaitingShown);
    if (!held) return rows;
    for (const auto& item : *held) {
        WaitingRow row{item.number, "", "", item.destination, item.state, {}, item.since};
        const auto entry = reader.entry(item.number);
        if (entry && *entry && (*entry)->damaged.empty()) {
            row.till = (*entry)->till;
            row.receipt = (*entry)->receipt;
            if (item.destination.empty()) row.problems = problem_types((*entry)->problems);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

ReceiptAnswer look_up_receipt(JournalReader& reader, std::string_view query,
                              const std::vector<sync::DestinationConfig>& destinations) {
    using Outcome = ReceiptAnswer::Outcome;
    if (query.size() > kReceiptBytesMax) return {.outcome = Outcome::kTooLong, .query = "", .rows = {}};
    if (contains_card_number(query, "receipt")) return {.outcome = Outcome::kCard, .query = "", .rows = {}};
    ReceiptAnswer answer{.outcome = Outcome::kNotFound, .query = std::string(query), .rows = {}};
    auto found = reader.find(answer.query, kFoundMax);
    if (!found) answer.outcome = Outcome::kUnreadable;
    if (!found || found->empty()) return answer;
    drop_settled(*found);
    for (const auto& entry : *found) {
        auto where = whereabouts(reader, entry, destinations);
        if (!where) return {.outcome = Outcome::kUnreadable, .query = answer.query, .rows = {}};
        ReceiptRow row{entry.till, entry.receipt.empty() ? entry.transaction_id : entry.receipt, where->safe_since,
                       std::move(where->deliveries)};
        answer.rows.push_back(std::move(row));
        answer.outcome = Outcome::kFound;
    }
    return answer;
}

std::vector<TillRow> till_rows(const TillRegister& known, const SeenTills& seen) {
    std::map<std::string, TillRow, std::less<>> rows;
    for (const auto& [name, facts] : known.tills()) {
        TillRow& row = rows[name];
        if (facts.last_number != 0) row.last_sale = facts.last_arrived;
        row.missing.assign(facts.numbers.ranges().begin(), facts.numbers.ranges().end());
        row.missing_count = facts.numbers.missing();
        row.clock_ahead = facts.clock_ahead();
    }
    for (const auto& [name, presence] : seen) rows[name].seen = presence;
    std::vector<TillRow> out;
    for (auto& [name, row] : rows) {
        row.name = name;
        out.push_back(std::move(row));
    }
    return out;
}

}  // namespace tillkeeper::agent
